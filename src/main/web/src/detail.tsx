/** One memory: its text, what is known of it, where it is. */
import { useEffect, useState } from "preact/hooks";
import { type Copy, type Entry, ask, call } from "./api";
import { About, Facts, Why } from "./facts";
import { History } from "./history";
import { changes, current, edited, rows } from "./memories";
import { about, fail, say, user, writes } from "./state";
import { Shown, Time, count } from "./text";
import { Empty, Icon } from "./ui";

interface Part {
  entry: Entry;
  next: number | undefined;
  source: string | undefined;
}

async function part(key: string, offset: number, signal?: AbortSignal): Promise<Part | null> {
  const answer = await call<{ found: boolean; entry?: Entry; next_offset?: number; source?: string }>(
    "retrieve",
    { user_id: user.value, key, ...(offset > 0 ? { offset } : {}) },
    signal,
  );
  return answer.entry ? { entry: answer.entry, next: answer.next_offset, source: answer.source } : null;
}

export function Detail({ onDelete }: { onDelete: (keys: string[]) => void }) {
  const key = current.value;
  const [read, setRead] = useState<Part | null | undefined>(undefined);

  useEffect(() => {
    setRead(undefined);
    if (key === "") return;
    const asked = new AbortController();
    part(key, 0, asked.signal).then(setRead, fail);
    return () => asked.abort();
  }, [key, user.value, changes.value]);

  if (key === "") {
    return <Empty title="Choose a memory">Its text, its metadata and where it is kept show here.</Empty>;
  }
  if (read === undefined) return <div class="detail-wait" aria-busy="true" />;
  if (read === null) return <Empty title="It is not there any more">Somebody has deleted it meanwhile.</Empty>;

  const { entry, next, source } = read;
  const place = rows.value.places.get(key);
  const hit = place === undefined ? undefined : rows.value.at.get(place);
  const words = hit?.matched?.words ?? [];

  async function readOn(): Promise<void> {
    try {
      const following = await part(key, next!);
      if (following) {
        setRead({ ...following, entry: { ...entry, value: entry.value + following.entry.value } });
      }
    } catch (e) {
      fail(e);
    }
  }

  return (
    <article class="detail-card">
      <header class="detail-head">
        <button type="button" class="quiet only-narrow" onClick={() => (current.value = "")}>
          <Icon name="back" /> All memories
        </button>
        <h2>
          <Shown text={entry.key} words={words} />
        </h2>
        <div class="actions">
          <button
            type="button"
            class="quiet"
            onClick={() => navigator.clipboard.writeText(entry.value).then(() => say("Copied."), fail)}
          >
            <Icon name="copy" /> Copy
          </button>
          {writes.value && !hit?.source && (
            <>
              <button type="button" class="quiet" onClick={() => (edited.value = { entry })}>
                <Icon name="edit" /> Edit
              </button>
              <button type="button" class="quiet danger" onClick={() => onDelete([entry.key])}>
                <Icon name="trash" /> Delete
              </button>
            </>
          )}
        </div>
      </header>
      <div class="value" dir="auto">
        <Shown text={entry.value} words={words} />
      </div>
      {next !== undefined && (
        <p class="rest">
          {count(entry.value.length, "character")} of {(entry.value_chars ?? 0).toLocaleString("en")} are shown.{" "}
          <button type="button" onClick={() => void readOn()}>
            Read on
          </button>
        </p>
      )}
      {hit && <Why hit={hit} rank={place! + 1} />}
      <About entry={entry} source={source} />
      <Facts metadata={entry.metadata} />
      {about.value?.history && <History entry={entry} />}
      <Where memory={entry.key} />
    </article>
  );
}

const STATES: Record<Copy["state"], [string, string]> = {
  current: ["good", "holds it"],
  outdated: ["late", "holds an older or other text"],
  missing: ["late", "does not have it yet"],
  gone: ["good", "knows that it is gone"],
  unknown: ["bad", "did not answer"],
};

function Where({ memory }: { memory: string }) {
  const [copies, setCopies] = useState<Copy[] | undefined>(undefined);
  useEffect(() => {
    setCopies(undefined);
    const asked = new AbortController();
    ask<{ copies: Copy[] }>("where", { user_id: user.value, key: memory }, asked.signal).then(
      (answer) => setCopies(answer.copies),
      fail,
    );
    return () => asked.abort();
  }, [memory, user.value, changes.value]);
  return (
    <section>
      <h3>Where it is</h3>
      {copies === undefined ? (
        <p class="muted">Asking every backend…</p>
      ) : (
        <ul class="copies">
          {copies.map((copy) => {
            const [mood, words] = STATES[copy.state];
            return (
              <li key={copy.backend}>
                <span class={`dot ${mood}`} aria-hidden="true" />
                <strong>{copy.backend}</strong> <span>{words}</span>
                {copy.owed > 0 && <span class="chip late">{count(copy.owed, "write")} owed</span>}
                <span class="muted">
                  {copy.problem ? <Shown text={copy.problem} /> : copy.updated_at && <Time at={copy.updated_at} />}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
