package io.unifiedmemory.meaning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarExcerptTest {

    private static final int LARGE = 500_000;

    @TempDir
    Path folder;

    private final AtomicLong fetched = new AtomicLong();

    /** Three entries that cannot be compressed, and a small one at the end. */
    private static byte[] jar() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream jar = new ZipOutputStream(bytes)) {
            for (String name : new String[] {"a", "b", "c"}) {
                jar.putNextEntry(new ZipEntry(name));
                jar.write(content(name));
            }
            jar.putNextEntry(new ZipEntry("d"));
            jar.write(4);
        }
        return bytes.toByteArray();
    }

    private static byte[] content(String name) {
        byte[] content = new byte[LARGE];
        new Random(name.charAt(0)).nextBytes(content);
        return content;
    }

    private JarExcerpt excerpt(byte[] jar) {
        return new JarExcerpt(jar.length, (from, to) -> {
            fetched.addAndGet(to - from);
            return Arrays.copyOfRange(jar, (int) from, (int) to);
        });
    }

    @Test
    void whatIsWantedCanBeReadAndLittleElseIsFetched() throws Exception {
        byte[] jar = jar();
        Path file = folder.resolve("excerpt.jar");
        excerpt(jar).write(file, name -> name.equals("b") || name.equals("d"));

        assertThat(file).hasSize(jar.length);
        assertThat(fetched).hasValueLessThan(LARGE + 200_000);
        try (ZipFile excerpt = new ZipFile(file.toFile())) {
            assertThat(excerpt.getInputStream(excerpt.getEntry("b"))).hasBinaryContent(content("b"));
            assertThat(excerpt.getInputStream(excerpt.getEntry("d"))).hasBinaryContent(new byte[] {4});
        }
    }

    @Test
    void whatIsNoJarOrNotAllThereIsAnError() throws IOException {
        Path file = folder.resolve("excerpt.jar");
        assertThatThrownBy(() -> excerpt(new byte[LARGE]).write(file, name -> true))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no jar");
        byte[] jar = jar();
        assertThatThrownBy(() -> new JarExcerpt(jar.length, (from, to) -> new byte[1]).write(file, name -> true))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has 1 bytes");
        assertThatThrownBy(() -> excerpt(Arrays.copyOf(jar, jar.length - 1)).write(file, name -> true))
                .isInstanceOf(IOException.class);
        byte[] longName = jar.clone();
        // The last entry of the list: 46 bytes and a name of one, with the 22 bytes of the end behind it.
        int last = jar.length - 22 - 47;
        longName[last + 29] = 1;
        byte[] elsewhere = jar.clone();
        elsewhere[last + 45] = 1;
        for (byte[] damaged : new byte[][] {longName, elsewhere}) {
            assertThatThrownBy(() -> excerpt(damaged).write(file, name -> true))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("list of the jar's entries is damaged");
        }
        assertThat(Files.size(file)).isLessThanOrEqualTo(jar.length);
    }
}
