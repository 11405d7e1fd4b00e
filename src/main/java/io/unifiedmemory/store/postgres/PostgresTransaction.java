package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.Revision.How;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.spi.HighWaterMark;
import io.unifiedmemory.memory.spi.HighWaterMark.Mark;
import io.unifiedmemory.memory.spi.OutboxAdmin.Item;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.memory.spi.OutboxEntry.Scope;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.memory.spi.Transaction;
import io.unifiedmemory.store.EpochMillis;
import io.unifiedmemory.store.postgres.AccountTable.Account;
import io.unifiedmemory.store.postgres.db.Owners;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Session;
import io.unifiedmemory.store.postgres.db.Sql;
import io.unifiedmemory.store.postgres.index.PendingTable;
import io.unifiedmemory.store.postgres.index.SegmentTable;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A write transaction in two round trips: the first holds the user's row and reads what the subject needs, the second
 * brings all writes and commits. What a write has to know it knows from the first, so writes only queue up; a read that
 * they could change sends them first.
 */
final class PostgresTransaction implements Transaction {

    private final Session session;
    private final Subject about;
    private final UUID owner;
    private final List<Sql> queued = new ArrayList<>();
    /** The users whose rows are held. */
    private final Map<UUID, Holding> holdings = new HashMap<>();
    /** What is known of the subject's key; null before it is read and after it was changed. */
    private @Nullable KeyState state;

    private final RevisionTable revisions;

    /** The versions that were written, for {@link Traces}. */
    private final Traces traces;

    /** A user whose row is held, with what has changed of it. */
    private static final class Holding {
        private final Account account;
        private long lastId;
        private long indexed;
        private Mark mark;

        Holding(Account account) {
            this.account = account;
            this.lastId = account.lastId();
            this.indexed = account.indexed();
            this.mark = account.mark();
        }
    }

    private PostgresTransaction(Session session, Subject about, RevisionTable revisions, Traces traces) {
        this.revisions = revisions;
        this.session = session;
        this.about = about;
        this.owner = Owners.of(about.userId());
        this.traces = traces;
    }

    /**
     * Begins a transaction.
     *
     * @param revisions keeps what is replaced or deleted
     * @param traces learns what is written
     */
    static PostgresTransaction begin(Session session, Subject about, RevisionTable revisions, Traces traces)
            throws SQLException {
        PostgresTransaction tx = new PostgresTransaction(session, about, revisions, traces);
        List<Result> results = about.key() == null
                ? session.begin(AccountTable.lock(tx.owner))
                : session.begin(AccountTable.lock(tx.owner), MemoryTable.state(tx.owner, about.key()));
        Account account = AccountTable.read(results.get(0));
        if (account != null) {
            tx.holdings.put(tx.owner, new Holding(account));
            if (about.key() != null) {
                tx.state = KeyState.read(results.get(1), about.userId());
            }
        } else {
            tx.holding(about.userId());
        }
        return tx;
    }

    /** Sends what is queued and commits. */
    void commit() throws SQLException {
        holdings.forEach((user, holding) -> {
            Mark own = holding.mark;
            boolean isMarked = !own.equals(holding.account.mark());
            if (isMarked || holding.lastId != holding.account.lastId()) {
                queued.add(AccountTable.change(user, holding.lastId, isMarked ? own : holding.account.own()));
            }
            if (isMarked && isBehind(own, holding.account.all())) {
                // The common mark was wrong: it was made by a clock that was far ahead.
                queued.add(PostgresHighWaterMark.write(own));
            }
        });
        session.commit(queued);
    }

    private static boolean isBehind(Mark mark, Mark other) {
        return other.newest().isNewerThan(mark.newest()) || other.wallMillis() > mark.wallMillis();
    }

    private Holding holding(String userId) throws SQLException {
        UUID user = Owners.of(userId);
        Holding held = holdings.get(user);
        if (held == null) {
            Account account =
                    AccountTable.read(session.run(AccountTable.lock(user)).get(0));
            if (account == null) {
                account = AccountTable.read(session.run(AccountTable.create(user, userId), AccountTable.lock(user))
                        .get(1));
            }
            if (account == null) {
                throw new SQLException("the user was removed while it was added", "40001");
            }
            held = new Holding(account);
            holdings.put(user, held);
        }
        return held;
    }

    /** Runs a statement behind those that are queued. */
    private Result now(Sql statement) throws SQLException {
        return now(List.of(statement)).get(0);
    }

    /** Runs statements behind those that are queued; returns their results. */
    private List<Result> now(List<Sql> statements) throws SQLException {
        queued.addAll(statements);
        List<Result> results = session.run(List.copyOf(queued));
        queued.clear();
        return results.subList(results.size() - statements.size(), results.size());
    }

    /** Likewise statements and one behind them. */
    private List<Result> now(List<Sql> first, Sql last) throws SQLException {
        List<Sql> all = new ArrayList<>(first);
        all.add(last);
        return now(all);
    }

    private static long kept(List<Sql> copies, List<Result> results) {
        return copies.isEmpty() ? 0 : results.get(0).changed();
    }

    private boolean isSubject(String userId, String key) {
        return userId.equals(about.userId()) && key.equals(about.key());
    }

    private KeyState state(String userId, String key) throws SQLException {
        KeyState known = isSubject(userId, key) ? state : null;
        if (known == null) {
            holding(userId);
            known = KeyState.read(now(MemoryTable.state(Owners.of(userId), key)), userId);
            state = isSubject(userId, key) ? known : state;
        }
        return known;
    }

    /** What follows a change of the key has to be read again. */
    private void changed(String userId, String key) {
        if (isSubject(userId, key)) {
            state = null;
        }
    }

    @Override
    public HighWaterMark highWater() {
        return change -> unchecked(() -> update(change));
    }

    private Mark update(UnaryOperator<Mark> change) throws SQLException {
        Holding held = holding(about.userId());
        held.mark = change.apply(held.mark);
        return held.mark;
    }

    @Override
    public Lookup store(MemoryEntry entry) {
        return unchecked(() -> put(entry));
    }

    private Lookup put(MemoryEntry entry) throws SQLException {
        KeyState held = state(entry.userId(), entry.key());
        Holding holding = holding(entry.userId());
        UUID user = Owners.of(entry.userId());
        MemoryEntry stored = entry;
        MemoryEntry replaced = held.memory();
        if (replaced != null) {
            if (!WriteOrder.isNewer(entry, replaced)) {
                return held.lookup();
            }
            Instant createdAt = replaced.createdAt();
            stored = createdAt == null ? entry : entry.withCreatedAt(createdAt);
            if (!replaced.hasContentOf(stored)) {
                queued.addAll(revisions.keep(user, replaced, How.REPLACED));
            }
            queued.add(MemoryTable.replace(user, stored, stored.value().equals(replaced.value()), holding.indexed));
        } else {
            if (!WriteOrder.outlives(entry, held.deleted())) {
                return held.lookup();
            }
            if (!held.deleted().equals(HlcTimestamp.NONE)) {
                queued.add(MemoryTable.forget(user, entry.key()));
            }
            if (holding.lastId == holding.indexed) {
                queued.add(PendingTable.noteFirst(user, holding.lastId + 1));
            }
            queued.add(MemoryTable.insert(user, ++holding.lastId, entry));
        }
        changed(entry.userId(), entry.key());
        traces.ofKey(entry.userId(), entry.key(), entry.version());
        return new Lookup.Found(stored, replaced, held.similar());
    }

    @Override
    public Lookup retrieve(String userId, String key) {
        return unchecked(() -> state(userId, key).lookup());
    }

    /** Without a history, what is left of an earlier one goes, too. */
    @Override
    public Removal delete(String userId, String key, HlcTimestamp version) {
        return revisions.isOn() ? remove(userId, key, version, true) : erase(userId, key, version, false);
    }

    private Removal remove(String userId, String key, HlcTimestamp version, boolean keeps) {
        return unchecked(() -> {
            KeyState held = state(userId, key);
            if (held.version().isNewerThan(version)) {
                return new Removal(0, held.version());
            }
            UUID user = Owners.of(userId);
            List<Sql> copy =
                    held.memory() == null || !keeps ? List.of() : revisions.keep(user, held.memory(), How.DELETED);
            queued.addAll(copy);
            if (held.memory() != null) {
                queued.add(MemoryTable.delete(user, key, holding(userId).indexed));
            }
            queued.add(MemoryTable.remember(user, key, version));
            changed(userId, key);
            traces.ofKey(userId, key, version);
            return new Removal(held.memory() == null ? 0 : 1, HlcTimestamp.NONE, false, copy.isEmpty() ? 0 : 1);
        });
    }

    @Override
    public Removal erase(String userId, String key, HlcTimestamp version, boolean forgets) {
        return unchecked(() -> {
            holding(userId);
            queued.add(RevisionTable.erase(Owners.of(userId), key, version));
            return remove(userId, key, version, false);
        });
    }

    @Override
    public Removal eraseAll(String userId, HlcTimestamp version, boolean forgets) {
        return unchecked(() -> {
            holding(userId);
            queued.add(RevisionTable.eraseAll(Owners.of(userId), version));
            return removeAll(userId, version, List.of());
        });
    }

    @Override
    public Removal deleteAll(String userId, HlcTimestamp version) {
        if (!revisions.isOn()) {
            return eraseAll(userId, version, false);
        }
        return unchecked(() -> {
            holding(userId);
            return removeAll(userId, version, revisions.keepAll(Owners.of(userId), version));
        });
    }

    /** @param copies what keeps the memories first */
    private Removal removeAll(String userId, HlcTimestamp version, List<Sql> copies) {
        return unchecked(() -> {
            Holding holding = holding(userId);
            state = null;
            UUID user = Owners.of(userId);
            List<Result> results = now(copies, MemoryTable.deleteAll(user, version, holding.indexed));
            long count = results.get(copies.size()).number();
            queued.add(MemoryTable.rememberAll(user, version));
            queued.add(MemoryTable.forgetCovered(user, version));
            long survivor = now(MemoryTable.newestVersion(user)).number();
            if (survivor == 0) {
                queued.addAll(SegmentTable.removeAll(user));
                queued.add(SegmentTable.indexed(user, holding.lastId));
                holding.indexed = holding.lastId;
            }
            traces.ofUser(userId, version);
            return new Removal(count, new HlcTimestamp(survivor), false, kept(copies, results));
        });
    }

    @Override
    public Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
        return unchecked(() -> {
            long indexed = holding(userId).indexed;
            state = null;
            UUID user = Owners.of(userId);
            long millis = EpochMillis.firstFrom(cutoff);
            if (!revisions.isOn()) {
                queued.add(RevisionTable.eraseOld(user, millis, version));
            }
            List<Sql> copies = revisions.keepOld(user, millis, version);
            List<Result> results = now(copies, MemoryTable.expire(user, millis, version, indexed));
            long count = results.get(copies.size()).number();
            long survivor = now(MemoryTable.newestVersionBefore(user, millis)).number();
            if (count > 0) {
                traces.ofAge(userId, version);
            }
            return new Removal(count, new HlcTimestamp(survivor), false, kept(copies, results));
        });
    }

    @Override
    public int keep(List<Revision> kept) {
        return unchecked(() -> {
            MemoryEntry first = kept.get(0).entry();
            holding(first.userId());
            UUID user = Owners.of(first.userId());
            List<Revision> taken = revisions.taken(kept, now(revisions.held(user, first.key())));
            queued.addAll(revisions.add(user, taken));
            return taken.size();
        });
    }

    @Override
    public long busyUntil(OutboxEntry next, HlcTimestamp own) {
        return unchecked(() ->
                now(OutboxTable.busyUntil(Owners.of(next.userId()), next, own)).number());
    }

    @Override
    public @Nullable Revision revision(String userId, String key, int number) {
        List<Row> rows = PostgresTransaction.<List<Row>>unchecked(
                () -> now(RevisionTable.find(Owners.of(userId), key, number)).rows());
        return rows.isEmpty() ? null : RevisionTable.revision(rows.get(0), userId);
    }

    @Override
    public void owe(OutboxEntry entry) {
        PostgresTransaction.<Boolean>unchecked(() -> {
            holding(entry.userId());
            UUID user = Owners.of(entry.userId());
            if (entry.operation().scope() == Scope.USER) {
                queued.add(OutboxTable.removeCovered(user, entry));
            }
            if (entry.operation() == Operation.EXPIRE) {
                deleteCovered(user, entry);
            }
            if (!losesTie(entry)) {
                queued.add(OutboxTable.owe(user, entry));
            }
            return true;
        });
    }

    /**
     * Turns the stores that a cleanup covers into deletes: a store that arrived after the cleanup would bring the memory
     * back.
     */
    private void deleteCovered(UUID user, OutboxEntry cleanup) throws SQLException {
        for (Item item : OutboxTable.items(now(OutboxTable.texts(user, cleanup.backend())))) {
            MemoryEntry memory = item.entry().entry();
            if (memory != null && cleanup.expires(memory)) {
                queued.add(OutboxTable.turnIntoDelete(item.entry()));
            }
        }
    }

    /** Where the outbox holds the text itself: whether the existing entry wins against this one of the same version. */
    private boolean losesTie(OutboxEntry owed) throws SQLException {
        MemoryEntry memory = owed.entry();
        if (memory == null) {
            return false;
        }
        List<Item> held = OutboxTable.items(now(OutboxTable.ofSameVersion(owed)));
        MemoryEntry other = held.isEmpty() ? null : held.get(0).entry().entry();
        return other != null && WriteOrder.isNewer(other, memory);
    }

    /** A step that talks to the database. */
    @FunctionalInterface
    private interface Step<R> {
        R run() throws SQLException;
    }

    /** The work of a transaction cannot declare the failures of the database, so they pass through it unchecked. */
    private static <R> R unchecked(Step<R> step) {
        try {
            return step.run();
        } catch (SQLException e) {
            throw new Failure(e);
        }
    }

    /** A failure of the database on its way through the work; {@link BackendException}s are the work's own. */
    static final class Failure extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient SQLException cause;

        Failure(SQLException cause) {
            super(cause);
            this.cause = cause;
        }

        SQLException failure() {
            return cause;
        }
    }
}
