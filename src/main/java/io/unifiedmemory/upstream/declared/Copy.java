package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.MemoryEntry;

/**
 * One copy of a memory in a server.
 *
 * @param id by which the server knows it, until the next write
 * @param entry the memory, as the envelope and the text have it
 * @param intact whether the text is the one that was stored; a damaged copy is nobody's memory, and the next store of the
 *     memory replaces it
 */
record Copy(String id, MemoryEntry entry, boolean intact) {}
