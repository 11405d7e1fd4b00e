package io.unifiedmemory.install;

import io.unifiedmemory.memory.util.AtomicFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads and replaces a client's configuration. A link to it stays a link, and its permissions stay. */
final class ConfigurationFile {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private ConfigurationFile() {}

    /** What it says; null when it does not exist. */
    static @Nullable String read(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return null;
        } catch (CharacterCodingException e) {
            throw new InstallException(file + " is not UTF-8 text; it is left as it is", e);
        } catch (IOException e) {
            throw new InstallException("cannot read " + file + ": " + reason(e), e);
        }
    }

    /** A text without the byte order mark that some editors write. */
    static String body(String text) {
        return hasMark(text) ? text.substring(1) : text;
    }

    /** Edits the body of a text; a byte order mark stays where it is. */
    static String edit(String text, UnaryOperator<String> edit) {
        return (hasMark(text) ? String.valueOf(BYTE_ORDER_MARK) : "") + edit.apply(body(text));
    }

    private static boolean hasMark(String text) {
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
    }

    /** Where the text is kept that the first change replaces. */
    static Path backup(Path file) {
        return file.resolveSibling(file.getFileName() + ".before-unified-memory");
    }

    /** Writes or deletes it; returns the backup if it made one. */
    static @Nullable Path replace(Change change) {
        try {
            boolean exists = Files.exists(change.file());
            Path file = exists ? change.file().toRealPath() : change.file();
            String after = change.after();
            if (after == null) {
                Files.delete(file);
                return null;
            }
            Path backup = backup(change.file());
            // What was there before the first change counts, not our own entry of an earlier one.
            boolean first = exists && Files.notExists(backup);
            if (first) {
                Files.copy(file, backup, StandardCopyOption.COPY_ATTRIBUTES);
            }
            Files.createDirectories(file.toAbsolutePath().getParent());
            write(file, after, exists);
            return first ? backup : null;
        } catch (IOException e) {
            throw new InstallException("cannot write " + change.file() + ": " + reason(e), e);
        }
    }

    private static void write(Path file, String text, boolean exists) throws IOException {
        AtomicFile.write(file, fresh -> {
            Files.writeString(fresh, text);
            PosixFileAttributeView old = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            if (exists && old != null) {
                Files.setPosixFilePermissions(fresh, old.readAttributes().permissions());
            }
        });
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName() + " " + e.getMessage();
    }
}
