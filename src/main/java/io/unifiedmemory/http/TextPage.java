package io.unifiedmemory.http;

/**
 * The answer of a path that is not MCP. Immutable.
 *
 * @param status of HTTP
 * @param contentType with its character set, which must be UTF-8 where there is one
 */
public record TextPage(int status, String contentType, String body) {}
