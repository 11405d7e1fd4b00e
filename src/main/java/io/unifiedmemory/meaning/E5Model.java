package io.unifiedmemory.meaning;

import java.util.List;

/**
 * The model e5-small-v2 (Wang et al., 2022), which was trained with a word in front of each text that says whether it is a
 * question. A long text is taken in pieces, and its vector is the mean of theirs: the less its pieces have in common, the
 * shorter, and so the less it is like any question. Thread-safe.
 */
final class E5Model implements EmbeddingModel {

    /** Of a piece, in tokens, with what stands in front and behind. Pieces find better than one long text. */
    private static final int PIECE = 128;

    /** Beginning, end, and the two tokens of the word in front. */
    private static final int AROUND = 4;

    /** What is behind these counts no more, so that no text takes longer than half a second. */
    private static final int MOST_PIECES = 32;

    private final String name;
    private final WordPiece wordPiece;
    private final SentenceEncoder encoder;
    private final int begin;
    private final int end;
    private final List<Integer> query;
    private final List<Integer> passage;

    /**
     * @param vocabulary the tokens in the order of their numbers
     * @param encoder closed with this, and at once when the vocabulary is damaged
     */
    E5Model(String name, List<String> vocabulary, SentenceEncoder encoder) {
        this.name = name;
        this.encoder = encoder;
        try {
            wordPiece = new WordPiece(vocabulary);
            begin = wordPiece.number("[CLS]");
            end = wordPiece.number("[SEP]");
        } catch (ModelException e) {
            encoder.close();
            throw e;
        }
        query = wordPiece.tokens("query:");
        passage = wordPiece.tokens("passage:");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public float[] ofQuery(String text) {
        List<Integer> tokens = wordPiece.tokens(text);
        return encoded(query, tokens.subList(0, Math.min(tokens.size(), PIECE - AROUND)));
    }

    @Override
    public float[] ofPassage(String text) {
        List<Integer> tokens = wordPiece.tokens(text);
        int room = PIECE - AROUND;
        int pieces = Math.max(1, Math.min(MOST_PIECES, (tokens.size() + room - 1) / room));
        float[] sum = new float[0];
        for (int i = 0; i < pieces; i++) {
            float[] piece = encoded(passage, tokens.subList(i * room, Math.min(tokens.size(), (i + 1) * room)));
            sum = sum.length == 0 ? new float[piece.length] : sum;
            for (int k = 0; k < sum.length; k++) {
                sum[k] += piece[k] / pieces;
            }
        }
        return sum;
    }

    /** Of length 1. */
    private float[] encoded(List<Integer> front, List<Integer> text) {
        long[] tokens = new long[front.size() + text.size() + 2];
        int at = 0;
        tokens[at++] = begin;
        for (int token : front) {
            tokens[at++] = token;
        }
        for (int token : text) {
            tokens[at++] = token;
        }
        tokens[at] = end;
        float[] vector = encoder.encode(tokens);
        double squares = 0;
        for (float x : vector) {
            squares += (double) x * x;
        }
        float length = (float) Math.sqrt(squares);
        for (int i = 0; i < vector.length; i++) {
            vector[i] /= length;
        }
        return vector;
    }

    @Override
    public void close() {
        encoder.close();
    }
}
