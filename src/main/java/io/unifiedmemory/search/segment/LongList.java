package io.unifiedmemory.search.segment;

import java.util.Arrays;

/** Numbers that become more. Not thread-safe. */
final class LongList {

    private long[] numbers = new long[8];
    private int size;

    void add(long number) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * size);
        }
        numbers[size++] = number;
    }

    void addAll(long[] more) {
        for (long number : more) {
            add(number);
        }
    }

    int size() {
        return size;
    }

    long[] toArray() {
        return Arrays.copyOf(numbers, size);
    }

    /** In ascending order, each once. */
    long[] toSet() {
        long[] sorted = toArray();
        Arrays.sort(sorted);
        int count = 0;
        for (int i = 0; i < sorted.length; i++) {
            if (i == 0 || sorted[i] != sorted[i - 1]) {
                sorted[count++] = sorted[i];
            }
        }
        return Arrays.copyOf(sorted, count);
    }
}
