package io.unifiedmemory.install;

import java.util.Map;
import tools.jackson.core.JacksonException;

/**
 * One form of configuration, as text: it can be read, and one server entry of it can be set or removed while every
 * other character stays. Thread-safe.
 */
interface ServerList {

    /** The name of the form, for people. */
    String form();

    /** The name of the object or table that holds the entries by their names. */
    String container();

    /** What a text says; a blank one says nothing. Throws {@link JacksonException} with the place of a mistake. */
    Map<String, Object> parse(String text) throws JacksonException;

    /** The text with an entry of this name, new or instead of the old one. */
    String put(String text, String name, Map<String, Object> entry);

    /** The text without the entry of this name; the same text when it has none. */
    String remove(String text, String name);
}
