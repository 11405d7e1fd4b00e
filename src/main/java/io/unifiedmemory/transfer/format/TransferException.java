package io.unifiedmemory.transfer.format;

/** A file cannot be imported, or memories cannot be exported; the message is one line that ends with the remedy. */
public class TransferException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TransferException(String message) {
        super(message);
    }

    public TransferException(String message, Throwable cause) {
        super(message, cause);
    }
}
