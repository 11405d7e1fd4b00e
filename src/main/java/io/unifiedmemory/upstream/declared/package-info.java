/**
 * Contracts as data: how a kind of server is spoken to, declared in JSON by a user or by a preset. Nothing of it is loaded
 * before such a contract is read.
 */
@NullMarked
package io.unifiedmemory.upstream.declared;

import org.jspecify.annotations.NullMarked;
