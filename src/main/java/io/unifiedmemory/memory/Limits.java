package io.unifiedmemory.memory;

/**
 * How large a memory and a reply may be.
 *
 * @param maxNameChars longest user id and key, in characters (Unicode code points)
 * @param maxValueBytes largest value, in UTF-8 bytes
 * @param maxMetadataBytes largest metadata, in bytes of its JSON text
 * @param maxLimit largest {@code limit} of a search or listing
 * @param maxReplyChars how many characters one search or listing returns before it ends with a cursor, of its JSON or
 *     of its keys and values; one entry is always returned
 */
public record Limits(int maxNameChars, int maxValueBytes, int maxMetadataBytes, int maxLimit, int maxReplyChars) {

    /** The limits that apply unless the configuration says otherwise. */
    public static final Limits DEFAULT = new Limits(512, 1024 * 1024, 64 * 1024, 1000, 40_000);
}
