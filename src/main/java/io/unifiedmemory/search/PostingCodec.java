package io.unifiedmemory.search;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Encodes ascending numbers as bytes: each number as its distance from the one before, seven bits to a byte, the lowest
 * first, with the top bit set where more bytes follow (delta and varint coding). Stateless.
 */
public final class PostingCodec {

    private static final int BITS = 7;
    private static final int MORE = 1 << BITS;

    private PostingCodec() {}

    public static byte[] write(long[] numbers) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(2 * numbers.length);
        long last = 0;
        for (long number : numbers) {
            long rest = number - last;
            while (rest >= MORE) {
                bytes.write((int) (rest & (MORE - 1)) | MORE);
                rest >>>= BITS;
            }
            bytes.write((int) rest);
            last = number;
        }
        return bytes.toByteArray();
    }

    public static long[] read(byte[] bytes) {
        long[] numbers = new long[bytes.length];
        int count = 0;
        long last = 0;
        int shift = 0;
        for (byte b : bytes) {
            last += (long) (b & (MORE - 1)) << shift;
            shift += BITS;
            if (b >= 0) {
                numbers[count++] = last;
                shift = 0;
            }
        }
        return Arrays.copyOf(numbers, count);
    }

    /** The union of two ascending lists. */
    public static long[] union(long[] a, long[] b) {
        long[] both = new long[a.length + b.length];
        int count = 0;
        for (int i = 0, j = 0; i < a.length || j < b.length; ) {
            boolean nextOfA = j == b.length || (i < a.length && a[i] <= b[j]);
            boolean nextOfB = i == a.length || (j < b.length && b[j] <= a[i]);
            both[count++] = nextOfA ? a[i] : b[j];
            i += nextOfA ? 1 : 0;
            j += nextOfB ? 1 : 0;
        }
        return Arrays.copyOf(both, count);
    }

    /** The intersection of two ascending lists. */
    public static long[] intersection(long[] a, long[] b) {
        long[] both = new long[Math.min(a.length, b.length)];
        int count = 0;
        for (int i = 0, j = 0; i < a.length && j < b.length; ) {
            if (a[i] == b[j]) {
                both[count++] = a[i];
            }
            boolean nextOfA = a[i] <= b[j];
            boolean nextOfB = b[j] <= a[i];
            i += nextOfA ? 1 : 0;
            j += nextOfB ? 1 : 0;
        }
        return Arrays.copyOf(both, count);
    }

    /** The numbers in the first list only. */
    public static long[] difference(long[] a, long[] b) {
        return Arrays.stream(a)
                .filter(number -> Arrays.binarySearch(b, number) < 0)
                .toArray();
    }
}
