package io.unifiedmemory.tools;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.spi.DatabaseInfo;
import io.unifiedmemory.memory.wire.ReplicaCodec;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.NoBackendException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Every tool that this server offers, in a fixed order. Thread-safe. */
public final class ToolBox {

    private final Map<String, Tool> byName = new LinkedHashMap<>();
    private final AccessControl access;
    private final Supplier<@Nullable String> identity;
    private volatile CallObserver observer = (tool, outcome, nanos) -> {};

    /**
     * @param clock the wall clock, against which ages are measured
     * @param version of this server
     * @param database says what the database is now
     * @param identity as {@link io.unifiedmemory.memory.spi.PrimaryStore#identity}
     */
    public ToolBox(
            UnifiedMemory memory,
            ToolOptions options,
            Clock clock,
            String version,
            Supplier<DatabaseInfo> database,
            Supplier<@Nullable String> identity) {
        access = new AccessControl(options, clock);
        this.identity = identity;
        MaintenanceTools maintenance = new MaintenanceTools(memory, options, clock, version, database);
        MemoryTools memories = new MemoryTools(memory, options, clock);
        SearchTool searches = new SearchTool(memory, options, clock);
        ListTool listing = new ListTool(memory, options);
        HistoryTools past = new HistoryTools(memory, options);
        Tool store = memories.store();
        Tool search = searches.search();
        List<Tool> all = new ArrayList<>(List.of(
                store,
                new RetrieveTool(memory, options).retrieve(),
                search,
                listing.getAll(),
                new StoreManyTool(memory, options, memories).tool(),
                memories.delete(),
                past.history(),
                past.restore(),
                maintenance.health(),
                maintenance.cleanup(),
                new ReconcileTool(memory, options).reconcile()));
        if (options.compatibilityTools()) {
            CompatibilityTools compatibility = new CompatibilityTools(store, search, options);
            all.addAll(List.of(compatibility.rememberUserInfo(), compatibility.searchUserMemory()));
        }
        all.forEach(tool -> byName.put(tool.name(), tool));
    }

    /** Sets the one observer that is told of every call of a tool from now on. */
    public void setObserver(CallObserver who) {
        observer = who;
    }

    /** The tools in the order in which clients list them. */
    public List<Tool> tools() {
        return List.copyOf(byName.values());
    }

    /** Whether a caller may call a tool: the others need not be listed. */
    public boolean isOffered(String name, Principal caller) {
        Tool tool = byName.get(name);
        return tool != null && AccessControl.offers(tool, caller);
    }

    /**
     * Runs a tool.
     *
     * @throws ToolFailure when it cannot be done: the tool is unknown, an argument is wrong, this caller may not do it,
     *     or no backend could
     * @throws QuestionException when a person is to be asked first, and the client to call again
     * @throws CancellationException when the thread is interrupted while it waits
     */
    public ToolResult call(String name, ToolCall call) {
        Tool tool = byName.get(name);
        if (tool == null) {
            throw Arguments.rejected(
                    "unknown tool " + Arguments.shortName(name) + "; there are " + String.join(", ", byName.keySet()));
        }
        long start = System.nanoTime();
        String outcome = CallObserver.BROKEN;
        try {
            ToolCall taken = access.granted(tool, Intake.of(tool, call));
            ToolResult result = AccessControl.shown(tool.handler().handle(taken), call.caller());
            outcome = CallObserver.of(result);
            result = Fields.withIgnored(result, taken.unknown());
            return call.isOfReplica() ? signed(result, identity.get()) : result;
        } catch (NoBackendException e) {
            outcome = CallObserver.of(e.kind());
            throw AccessControl.shown(e, call.caller());
        } catch (ToolFailure e) {
            outcome = CallObserver.of(e.kind());
            throw e;
        } catch (QuestionException e) {
            outcome = CallObserver.ASKED;
            throw e;
        } catch (CancellationException e) {
            outcome = CallObserver.CANCELLED;
            throw e;
        } finally {
            observer.onToolCall(name, outcome, System.nanoTime() - start);
        }
    }

    /** An answer that also names the database behind it. */
    private static ToolResult signed(ToolResult result, @Nullable String database) {
        if (database == null) {
            return result;
        }
        Map<String, Object> meta = new LinkedHashMap<>(result.meta());
        meta.putAll(ReplicaCodec.database(database));
        return new ToolResult(result.structured(), result.text(), meta);
    }
}
