package io.unifiedmemory.search.meaning;

import java.nio.ByteBuffer;

/**
 * A vector as stores keep it: a byte for each number, in units that the first four bytes give. A quarter of the size, and
 * no measurable difference to what is found. Stateless.
 */
public final class VectorCodec {

    private static final int HEADER = Float.BYTES;

    private VectorCodec() {}

    public static byte[] encode(float[] vector) {
        float largest = 0;
        for (float x : vector) {
            largest = Math.max(largest, Math.abs(x));
        }
        float unit = largest / Byte.MAX_VALUE;
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + vector.length).putFloat(unit);
        for (float x : vector) {
            bytes.put((byte) (unit == 0 ? 0 : Math.round(x / unit)));
        }
        return bytes.array();
    }

    /** The product of a vector with one that is kept; NaN when that has another number of dimensions. */
    public static double product(float[] vector, byte[] kept) {
        if (kept.length != HEADER + vector.length) {
            return Double.NaN;
        }
        float sum = 0;
        for (int i = 0; i < vector.length; i++) {
            sum += vector[i] * kept[HEADER + i];
        }
        return (double) sum * ByteBuffer.wrap(kept).getFloat();
    }
}
