package io.unifiedmemory.search.segment;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One segment: its root, and where its pages are. Immutable; thread-safe. */
public final class Segment {

    private static final int VERSION = 1;

    /** The most levels of pages; with that many, no number of a page would be large enough. */
    private static final int HIGHEST = 8;

    private final long number;
    private final @Nullable List<byte[]> ownPages;
    private final long documents;
    private final long words;
    private final long touched;
    private final long lowestId;
    private final long highestId;
    private final boolean grams;
    private final int height;
    private final int pages;
    private final Fingerprint fingerprint;
    private final @Nullable Documents inRoot;
    private final byte[] entries;

    private Segment(long number, byte[] root, @Nullable List<byte[]> ownPages) {
        this.number = number;
        this.ownPages = ownPages;
        ByteReader bytes = new ByteReader(root, 0, root.length);
        int version = bytes.one();
        if (version != VERSION) {
            throw new DamagedSegmentException("format " + version + " is unknown to this version of the program");
        }
        byte[] checked = bytes.rest();
        Checksum.check(checked, "the root of a segment");
        bytes = Checksum.content(checked);
        this.documents = bytes.varint();
        this.words = bytes.varint();
        this.touched = bytes.varint();
        this.lowestId = bytes.varint();
        this.highestId = bytes.varint();
        this.grams = bytes.one() != 0;
        this.height = bytes.number();
        this.pages = bytes.number();
        this.fingerprint = Fingerprint.read(bytes);
        if (height > HIGHEST) {
            throw new DamagedSegmentException("a segment has too many levels");
        }
        int inRootLength = bytes.length();
        ByteReader listed = bytes.part(inRootLength);
        Documents.Reader reader = new Documents.Reader();
        reader.read(listed);
        this.inRoot = inRootLength > 0 || touched == 0 ? reader.documents() : null;
        this.entries = bytes.rest();
    }

    /**
     * A segment that a store keeps.
     *
     * @param number by which the {@link PageSource} knows it
     */
    public static Segment open(long number, byte[] root) {
        return new Segment(number, root, null);
    }

    /** A segment that no store keeps; nothing is fetched to read it. */
    public static Segment inMemory(BuiltSegment built) {
        return new Segment(-1, built.root(), built.pages());
    }

    /** Puts a root together. */
    static byte[] root(Documents documents, byte[] inRoot, boolean grams, TreeWriter tree, byte[] entries) {
        int touched = documents.size();
        List<byte[]> pages = tree.pages();
        ByteWriter content = new ByteWriter()
                .varint(documents.living())
                .varint(documents.words())
                .varint(touched)
                .varint(touched == 0 ? 0 : documents.ids()[0])
                .varint(touched == 0 ? 0 : documents.ids()[touched - 1])
                .one(grams ? 1 : 0)
                .varint(tree.height())
                .varint(pages.size());
        Fingerprint.of(pages).write(content);
        content.varint(inRoot.length).bytes(inRoot).bytes(entries);
        return new ByteWriter()
                .one(VERSION)
                .bytes(Checksum.before(content.toBytes()))
                .toBytes();
    }

    /** The number by which the {@link PageSource} knows it. */
    public long number() {
        return number;
    }

    /** How many memories it defines. */
    public long documents() {
        return documents;
    }

    /** How many ids it touches: those that it defines, and those that it removes. */
    public long touched() {
        return touched;
    }

    long words() {
        return words;
    }

    long lowestId() {
        return lowestId;
    }

    long highestId() {
        return highestId;
    }

    /** Whether it has the grams of its words; otherwise it is looked through. */
    boolean hasGrams() {
        return grams;
    }

    int height() {
        return height;
    }

    int pages() {
        return pages;
    }

    Fingerprint fingerprint() {
        return fingerprint;
    }

    /** The ids that it touches, where the root has them; otherwise they are among the entries. */
    @Nullable
    Documents inRoot() {
        return inRoot;
    }

    /** The entries of the root, which are those of its only page or say where pages are. */
    Entries entries() {
        return new Entries(new ByteReader(entries, 0, entries.length));
    }

    /** A page that it holds itself; null when a store has to be asked. */
    byte @Nullable [] ownPage(int page) {
        return ownPages == null ? null : ownPages.get(page);
    }
}
