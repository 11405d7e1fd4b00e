package io.unifiedmemory.tools;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a client can ask for. Immutable; made by {@link #named}, which has no default for what a tool does to
 * memories and whose memories it is about, because these two decide who may call it.
 *
 * @param name as clients call it
 * @param title for people
 * @param description tells a model when to use it
 * @param inputSchema JSON Schema of the arguments, in a fixed order of keys
 * @param outputSchema JSON Schema of the structured result, likewise; null where no client need know its fields beforehand
 * @param effect what a call does to memories
 * @param scope whose memories it is about
 * @param hasPage whether a client that shows pages is to show its result on one
 */
public record Tool(
        String name,
        String title,
        String description,
        Map<String, Object> inputSchema,
        @Nullable Map<String, Object> outputSchema,
        Effect effect,
        ToolScope scope,
        boolean hasPage,
        Handler handler) {

    /** The field of a result that names the arguments which had no effect. */
    static final String IGNORED = "ignored_arguments";

    /** Does the work of a tool; may be called from many threads. */
    @FunctionalInterface
    public interface Handler {
        ToolResult handle(ToolCall call);
    }

    /** What a call does to memories. */
    public enum Effect {
        /** It changes nothing. */
        READS,
        /** It adds and updates; what it takes away was replaced or deleted before. */
        WRITES,
        /** It may remove or replace what was stored. */
        DESTROYS
    }

    /** Begins to describe a tool. */
    static Builder named(String name) {
        return new Builder(name);
    }

    /** Begins to describe a tool that has this one's effect, scope, result and handler under another name. */
    Builder alias(String other) {
        Builder builder = new Builder(other);
        builder.outputSchema = outputSchema;
        builder.effect = effect;
        builder.scope = scope;
        builder.handler = handler;
        return builder;
    }

    /** Whether it changes nothing. */
    public boolean readOnly() {
        return effect == Effect.READS;
    }

    /** Whether it may remove or replace what was stored. */
    public boolean destructive() {
        return effect == Effect.DESTROYS;
    }

    /** Whether a second call with the same arguments changes nothing more; true of every tool here. */
    public boolean idempotent() {
        return true;
    }

    /** A tool that is being described. */
    static final class Builder {

        private final String name;
        private @Nullable String title;
        private @Nullable String description;
        private @Nullable Map<String, Object> inputSchema;
        private @Nullable Map<String, Object> outputSchema;
        private @Nullable Effect effect;
        private @Nullable ToolScope scope;
        private boolean hasPage;
        private @Nullable Handler handler;

        private Builder(String name) {
            this.name = name;
        }

        /** Its name for people. */
        Builder titled(String text) {
            title = text;
            return this;
        }

        /** Tells a model when to use it. */
        Builder describedAs(String text) {
            description = text;
            return this;
        }

        /** Its arguments; a client may send others beside them. */
        Builder takes(ObjectSchema arguments) {
            inputSchema = arguments.open();
            return this;
        }

        /**
         * The fields of its structured result that every client needs, by their types alone; there may be others beside
         * them. Many clients give a model the whole list of tools with every conversation, so each word costs: only the
         * tools that programs call most say so much.
         */
        Builder returns(ObjectSchema result) {
            outputSchema = result.open();
            return this;
        }

        /** A call changes nothing. */
        Builder reads() {
            effect = Effect.READS;
            return this;
        }

        /** A call changes memories and destroys none that anybody wants to keep. */
        Builder writes() {
            effect = Effect.WRITES;
            return this;
        }

        /** A call may remove or replace what was stored. */
        Builder destroys() {
            effect = Effect.DESTROYS;
            return this;
        }

        /** Whose memories it is about. */
        Builder about(ToolScope whose) {
            scope = whose;
            return this;
        }

        /** Whether a client that shows pages is to show its result on one. */
        Builder onPage(boolean shown) {
            hasPage = shown;
            return this;
        }

        /** What does its work. */
        Builder handledBy(Handler worker) {
            handler = worker;
            return this;
        }

        /** The tool; throws when something about it was left open. */
        Tool build() {
            return new Tool(
                    name,
                    said(title, "title"),
                    said(description, "description"),
                    said(inputSchema, "arguments"),
                    outputSchema,
                    said(effect, "effect"),
                    said(scope, "scope"),
                    hasPage,
                    said(handler, "handler"));
        }

        private <T> T said(@Nullable T value, String what) {
            if (value == null) {
                throw new IllegalStateException("the tool " + name + " has no " + what);
            }
            return value;
        }
    }
}
