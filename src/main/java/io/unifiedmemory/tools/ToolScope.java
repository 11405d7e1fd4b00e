package io.unifiedmemory.tools;

/** Whose memories a tool is about. This and the {@link Tool.Effect} of a tool decide alone who may call it. */
public enum ToolScope {
    /** Those of the one user in the argument {@code user_id}: for callers that may see that user. */
    ONE_USER,
    /** Nobody's: for every caller. The tool itself decides how much it tells a restricted caller. */
    NO_USER,
    /** Those of everybody: for callers that may see every user. */
    ALL_USERS
}
