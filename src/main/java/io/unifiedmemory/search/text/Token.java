package io.unifiedmemory.search.text;

/**
 * A word of a text, or a sign or a pair of signs where words are not separated.
 *
 * @param start index of its first character in the text
 * @param end index behind its last character
 * @param form the word in lower case and without accents
 * @param term what all forms of the word have in common; equal terms are a match
 */
public record Token(int start, int end, String form, String term) {}
