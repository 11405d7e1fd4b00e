/**
 * The connection to PostgreSQL, and to engines that speak its protocol: the pool, statements in few round trips,
 * transactions and their repetition, failures, the schema. Only this package names the driver and the pool.
 */
@NullMarked
package io.unifiedmemory.store.postgres.db;

import org.jspecify.annotations.NullMarked;
