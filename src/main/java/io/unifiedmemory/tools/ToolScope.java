package io.unifiedmemory.tools;

/** Whose memories a tool is about, and so whom it is for. Together with {@link Tool#readOnly} all that decides. */
public enum ToolScope {
    /** Those of the one user in the argument {@code user_id}: for callers that may see that user. */
    ONE_USER,
    /** Nobody's: for every caller. What it tells a restricted caller is its own affair. */
    NO_USER,
    /** Those of everybody: for callers that may see every user. */
    ALL_USERS
}
