package io.unifiedmemory.upstream.declared;

/** A mistake in a contract, which is told by the place where it stands. */
final class Fault {

    private Fault() {}

    /** @param what is wrong there, as the rest of a sentence that begins with the place */
    static IllegalArgumentException at(String place, String what) {
        return new IllegalArgumentException(place + " " + what);
    }
}
