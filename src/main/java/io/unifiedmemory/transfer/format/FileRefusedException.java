package io.unifiedmemory.transfer.format;

/** A file cannot be read as what it seems to be. Within a folder the others are read all the same. */
final class FileRefusedException extends TransferException {
    private static final long serialVersionUID = 1L;

    FileRefusedException(String message) {
        super(message);
    }
}
