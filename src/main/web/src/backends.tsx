/** Where memories are kept: whether each backend works, and what it is owed. */
import { useEffect, useState } from "preact/hooks";
import { ask, call } from "./api";
import { type Comparison, Preview } from "./comparison";
import { about, fail, say, writes } from "./state";
import { Shown, Time, count, megabytes } from "./text";
import { Dialog, Icon } from "./ui";

interface Backend {
  type: string;
  role: string;
  enabled: boolean;
  priority: number;
  up: boolean;
  breaker: string;
  detail?: string;
  latency_ms?: number;
  pending?: number;
  dead_letters?: number;
  oldest_pending_s?: number;
  last_confirmed_at?: string;
  last_error?: string;
  last_error_at?: string;
  misconfigured?: string;
}

interface Health {
  status: "ok" | "degraded" | "down";
  backends: Record<string, Backend>;
  database?: { path?: string; url?: string; bytes?: number };
  problems?: Record<string, string>;
  orphans?: Record<string, number>;
}

const ROLES: Record<string, string> = {
  store: "the store of record",
  mirror: "keeps a copy of everything",
  source: "is only searched",
};
const STATUS = { ok: "Everything works", degraded: "Some backends do not work", down: "No backend works" };
const LOOK_MS = 5_000;

export function BackendsView() {
  const [health, setHealth] = useState<Health | undefined>(undefined);
  const [looks, setLooks] = useState(0);
  const [comparison, setComparison] = useState<Comparison | "running" | undefined>(undefined);

  useEffect(() => {
    const asked = new AbortController();
    const look = () => call<Health>("health", {}, asked.signal).then(setHealth, fail);
    void look();
    const timer = window.setInterval(() => !document.hidden && void look(), LOOK_MS);
    return () => {
      window.clearInterval(timer);
      asked.abort();
    };
  }, [looks]);

  async function compare(dry: boolean): Promise<void> {
    setComparison("running");
    try {
      if (dry) {
        setComparison(await ask<Comparison>("compare"));
      } else {
        await call("reconcile", {});
        setComparison(undefined);
        say("The backends were compared and brought up to date.");
      }
      setLooks(looks + 1);
    } catch (e) {
      setComparison(undefined);
      fail(e);
    }
  }

  if (health === undefined) return <main class="page" aria-busy="true" />;
  const mirrors = Object.values(health.backends).some((backend) => backend.role === "mirror");
  return (
    <main class="page">
      <header class="page-head">
        <div>
          <h1>Backends</h1>
          <p class="muted">
            {STATUS[health.status]}
            {health.database?.bytes !== undefined && <> · {megabytes(health.database.bytes)} in {health.database.path}</>}
          </p>
        </div>
        {about.value?.everybody && mirrors && (
          <button type="button" disabled={comparison === "running"} onClick={() => void compare(true)}>
            <Icon name="refresh" /> {comparison === "running" ? "Comparing…" : "Preview a comparison"}
          </button>
        )}
      </header>
      {Object.entries(health.problems ?? {}).map(([part, problem]) => (
        <p class="problem" key={part}>
          {part}: {problem}
        </p>
      ))}
      {comparison !== undefined && comparison !== "running" && (
        <Preview found={comparison} onRepair={() => void compare(false)} onClose={() => setComparison(undefined)} />
      )}
      <div class="cards">
        {Object.entries(health.backends).map(([name, backend]) => (
          <Card key={name} name={name} backend={backend} onChange={() => setLooks(looks + 1)} />
        ))}
      </div>
    </main>
  );
}

function Card({ name, backend, onChange }: { name: string; backend: Backend; onChange: () => void }) {
  const [letters, setLetters] = useState(false);
  const mood = !backend.enabled ? "off" : backend.up ? (backend.pending ? "late" : "good") : "bad";
  const owed = (backend.pending ?? 0) + (backend.dead_letters ?? 0);
  return (
    <section class="card" aria-label={name}>
      <header>
        <span class={`dot ${mood}`} aria-hidden="true" />
        <h2>{name}</h2>
        <span class="muted">{backend.type}</span>
      </header>
      <p class="muted">
        {!backend.enabled ? "Disabled" : backend.up ? "Works" : "Does not work"} ·{" "}
        {ROLES[backend.role] ?? backend.role}
      </p>
      <dl class="facts">
        <dt>Breaker</dt>
        <dd>{backend.breaker.replace("_", " ")}</dd>
        {backend.latency_ms !== undefined && (
          <>
            <dt>Answers in</dt>
            <dd>{backend.latency_ms < 10 ? backend.latency_ms.toFixed(1) : Math.round(backend.latency_ms)} ms</dd>
          </>
        )}
        <dt>Read as</dt>
        <dd>priority {backend.priority}</dd>
        {backend.pending !== undefined && (
          <>
            <dt>Owed</dt>
            <dd>
              {count(backend.pending, "write")}
              {backend.dead_letters ? <span class="chip bad">{count(backend.dead_letters, "dead letter")}</span> : null}
            </dd>
          </>
        )}
        {backend.last_confirmed_at && (
          <>
            <dt>Confirmed</dt>
            <dd>
              <Time at={backend.last_confirmed_at} />
            </dd>
          </>
        )}
      </dl>
      {backend.misconfigured && <p class="problem">{backend.misconfigured}</p>}
      {!backend.up && backend.detail && <p class="problem">{backend.detail}</p>}
      {backend.up && backend.last_error && (
        <p class="muted small">
          Last trouble <Time at={backend.last_error_at} />: {backend.last_error}
        </p>
      )}
      {owed > 0 && about.value?.everybody && (
        <button type="button" class="under" onClick={() => setLetters(true)}>
          Show what is owed
        </button>
      )}
      {letters && (
        <Outbox
          backend={name}
          onClose={() => {
            setLetters(false);
            onChange();
          }}
        />
      )}
    </section>
  );
}

interface Letter {
  operation: string;
  user_id: string;
  key: string;
  since: string;
  tries: number;
  error?: string;
}

interface Owed {
  pending: Letter[];
  dead: Letter[];
  pending_count: number;
  dead_count: number;
}

function Outbox({ backend, onClose }: { backend: string; onClose: () => void }) {
  const [owed, setOwed] = useState<Owed | undefined>(undefined);
  const [sure, setSure] = useState(false);
  const read = () => ask<Owed>("outbox", { backend }).then(setOwed, fail);
  useEffect(() => void read(), []);

  async function act(question: "outbox-retry" | "outbox-drop", done: (n: number) => string): Promise<void> {
    try {
      const answer = await ask<{ count: number }>(question, { backend });
      say(done(answer.count));
      setSure(false);
      await read();
    } catch (e) {
      fail(e);
    }
  }

  return (
    <Dialog title={`Owed to ${backend}`} onClose={onClose}>
      {owed === undefined ? (
        <p class="muted">Reading the outbox…</p>
      ) : (
        <>
          {owed.dead.length > 0 && (
            <section>
              <h3>{count(owed.dead_count, "dead letter")}</h3>
              <p class="muted">It refused these, and will not be asked again unless you say so.</p>
              <Letters letters={owed.dead} />
              {writes.value && (
                <p class="row-actions">
                  <button
                    type="button"
                    onClick={() => void act("outbox-retry", (n) => `${count(n, "dead letter")} will be tried again.`)}
                  >
                    Try again
                  </button>
                  {sure ? (
                    <button
                      type="button"
                      class="primary danger"
                      onClick={() => void act("outbox-drop", (n) => `${count(n, "dead letter")} dropped.`)}
                    >
                      Drop {count(owed.dead_count, "dead letter")} for good
                    </button>
                  ) : (
                    <button type="button" class="quiet danger" onClick={() => setSure(true)}>
                      Drop…
                    </button>
                  )}
                </p>
              )}
            </section>
          )}
          <section>
            <h3>{count(owed.pending_count, "pending write")}</h3>
            {owed.pending.length === 0 ? (
              <p class="muted">Nothing waits.</p>
            ) : (
              <>
                <Letters letters={owed.pending} />
                {writes.value && (
                  <button type="button" onClick={() => void act("outbox-retry", () => "They are due now.")}>
                    Deliver now
                  </button>
                )}
              </>
            )}
          </section>
        </>
      )}
    </Dialog>
  );
}

function Letters({ letters }: { letters: Letter[] }) {
  return (
    <ul class="letters" tabIndex={0}>
      {letters.map((letter) => (
        <li key={letter.operation + letter.user_id + letter.key}>
          <span class="chip">{letter.operation.toLowerCase().replace("_", " ")}</span>{" "}
          <strong>
            <Shown text={letter.key === "" ? "all memories" : letter.key} />
          </strong>{" "}
          <span class="muted">
            of <Shown text={letter.user_id} />, <Time at={letter.since} />
            {letter.tries > 0 && `, ${letter.tries === 1 ? "tried once" : `tried ${letter.tries} times`}`}
          </span>
          {letter.error && <span class="problem small">{letter.error}</span>}
        </li>
      ))}
    </ul>
  );
}
