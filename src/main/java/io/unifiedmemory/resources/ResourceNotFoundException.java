package io.unifiedmemory.resources;

/**
 * There is no such resource for this caller: it never was, it was deleted, or it is not one that the caller may see.
 * These cases look the same, so that the answer tells nothing about other users.
 */
public final class ResourceNotFoundException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String uri;

    /** @param uri the address as it was asked for */
    public ResourceNotFoundException(String uri) {
        super("Resource not found");
        this.uri = uri;
    }

    /** The address as it was asked for. */
    public String uri() {
        return uri;
    }
}
