/** What a comparison of the backends found, memory by memory, before anything is done about it. */
import type { Metadata } from "./api";
import { Diff, linesOf } from "./diff";
import { offers, users } from "./state";
import { Shown, Time, count } from "./text";
import { Icon } from "./ui";

interface Drift {
  compared: number;
  drift: number;
  sent: number;
  deleted: number;
  taken: number;
}

interface Side {
  value: string;
  metadata: Metadata;
  updated_at?: string;
  /** Nothing of it is shown. */
  expired?: boolean;
  /** Only the beginning is here. */
  truncated?: boolean;
}

interface Difference {
  backend: string;
  kind: "sent" | "deleted_there" | "taken" | "deleted_here";
  user_id: string;
  key: string;
  here?: Side;
  there?: Side;
}

export interface Comparison {
  backends: Record<string, Drift>;
  problems: Record<string, string>;
  /** The first of them; the counts are of all. */
  differences: Difference[];
}

export function Preview(props: { found: Comparison; onRepair: () => void; onClose: () => void }) {
  const entries = Object.entries(props.found.backends);
  const differences = entries.reduce((sum, [, drift]) => sum + drift.drift, 0);
  const unheard = Object.entries(props.found.problems);
  const title =
    differences > 0
      ? `${count(differences, "memory", "memories")} would change`
      : entries.length === 0 && unheard.length > 0
        ? "It could not be compared"
        : "Nothing would change";
  return (
    <section class="card preview" aria-label="What a comparison would change">
      <header>
        <h2>{title}</h2>
        <button type="button" class="quiet" aria-label="Close the preview" onClick={props.onClose}>
          <Icon name="close" />
        </button>
      </header>
      {entries.map(([name, drift]) => (
        <Backend key={name} name={name} drift={drift} found={props.found.differences} />
      ))}
      {unheard.map(([name, problem]) => (
        <p class="problem" key={name}>
          {name}: <Shown text={problem} />
        </p>
      ))}
      {differences > 0 && offers("reconcile") && (
        <button type="button" class="primary" onClick={props.onRepair}>
          Make both sides the same
        </button>
      )}
    </section>
  );
}

function Backend({ name, drift, found }: { name: string; drift: Drift; found: Difference[] }) {
  const own = found.filter((one) => one.backend === name);
  return (
    <>
      <div class="diff">
        <strong>{name}</strong>
        <span class="muted">{count(drift.compared, "memory", "memories")} compared</span>
        {drift.sent > 0 && <span class="plus">+ {drift.sent} sent there</span>}
        {drift.deleted > 0 && <span class="minus">− {drift.deleted} deleted there</span>}
        {drift.taken > 0 && <span class="plus">+ {drift.taken} taken from there</span>}
        {drift.drift === 0 && <span>the same on both sides</span>}
      </div>
      {own.length > 0 && (
        <ul class="differences">
          {own.map((one) => (
            <li key={one.user_id + "\n" + one.key}>
              <Changed difference={one} />
            </li>
          ))}
        </ul>
      )}
      {own.length > 0 && own.length < drift.drift && <p class="muted small">The first {own.length} are shown.</p>}
    </>
  );
}

function Changed({ difference }: { difference: Difference }) {
  const { kind, here, there, backend } = difference;
  const words = {
    sent: there ? `changes in ${backend}` : `new in ${backend}`,
    deleted_there: `deleted in ${backend}`,
    taken: here ? "changes here" : "new here",
    deleted_here: "deleted here",
  }[kind];
  const gone = kind === "deleted_there" || kind === "deleted_here";
  const [before, after] = kind === "sent" || kind === "deleted_there" ? [there, here] : [here, there];
  return (
    <details>
      <summary>
        <span class={`chip ${gone ? "bad" : before ? "late" : ""}`}>{words}</span>
        <strong>
          <Shown text={difference.key} />
        </strong>
        {users.value.length > 1 && (
          <span class="muted">
            {" "}
            of <Shown text={difference.user_id} />
          </span>
        )}
      </summary>
      <Diff
        before={before && linesOf(before.value, before.metadata)}
        after={gone || !after ? undefined : linesOf(after.value, after.metadata)}
        label={`What changes in ${difference.key}`}
      />
      <p class="muted small sides">
        Here: {here ? <Time at={here.updated_at} /> : kind === "deleted_there" ? "deleted" : "nothing"} · {backend}:{" "}
        {there ? <Time at={there.updated_at} /> : kind === "deleted_here" ? "deleted" : "nothing"}
        {(here?.expired || there?.expired) && " · what has expired is not shown"}
        {(here?.truncated || there?.truncated) && " · only the beginning is shown"}
      </p>
    </details>
  );
}
