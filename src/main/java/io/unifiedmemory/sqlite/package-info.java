/**
 * Memories in one local SQLite file that several processes may have open at once: the file and its connections, the
 * schema and its migrations, the search index. The only package that speaks SQL.
 */
@NullMarked
package io.unifiedmemory.sqlite;

import org.jspecify.annotations.NullMarked;
