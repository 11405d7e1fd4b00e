package io.unifiedmemory.search.text;

/**
 * A day, month or year that a query names.
 *
 * @param year 0 when it is left open
 * @param month 1 to 12, 0 when it is left open
 * @param day 1 to 31, 0 when it is left open
 */
public record DateMention(int year, int month, int day) {}
