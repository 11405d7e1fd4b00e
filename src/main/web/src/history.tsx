/** What keys held before, and its way back. */
import { useEffect, useState } from "preact/hooks";
import { type Entry, call, whole } from "./api";
import { Diff, linesOf } from "./diff";
import { changes, each, remove, restore } from "./memories";
import { fail, user, writes } from "./state";
import { Shown, Time } from "./text";
import { Dialog } from "./ui";

interface Revision extends Omit<Entry, "user_id"> {
  revision: number;
  ended_at: string;
  how: "replaced" | "deleted" | "expired";
}

interface Answer {
  revisions: Revision[];
  next_cursor?: string;
  note?: string;
}

const WORDS = { replaced: "changed", deleted: "deleted", expired: "forgotten" };
const PAGE = 20;
/** As many revisions are looked through at once for what was deleted: most of them may be of other changes. */
const MOST_LOOKED_THROUGH = 400;

function ask(key: string | undefined, cursor: string | undefined, signal?: AbortSignal): Promise<Answer> {
  const asked = { user_id: user.value, limit: key ? PAGE : 5 * PAGE, ...(key ? { key } : {}), ...(cursor ? { cursor } : {}) };
  return call<Answer>("history", asked, signal);
}

/** What one memory held before: each text beside the one that took its place. */
export function History({ entry }: { entry: Entry }) {
  const [read, setRead] = useState<Answer | undefined>(undefined);
  useEffect(() => {
    setRead(undefined);
    const asked = new AbortController();
    ask(entry.key, undefined, asked.signal).then(setRead, fail);
    return () => asked.abort();
  }, [entry.key, entry.updated_at, user.value, changes.value]);

  async function more(): Promise<void> {
    try {
      const following = await ask(entry.key, read!.next_cursor);
      setRead({ ...following, revisions: [...read!.revisions, ...following.revisions] });
    } catch (e) {
      fail(e);
    }
  }

  if (read === undefined || read.revisions.length === 0) return null;
  return (
    <section>
      <h3>History</h3>
      <ul class="differences">
        {read.revisions.map((one, at) => (
          <li key={one.revision}>
            <Earlier revision={one} next={at === 0 ? entry : read.revisions[at - 1]!} />
          </li>
        ))}
      </ul>
      {read.next_cursor && (
        <button type="button" onClick={() => void more()}>
          Show earlier ones
        </button>
      )}
    </section>
  );
}

/** @param next what the key held after it; nothing between a delete and a new beginning */
function Earlier({ revision, next }: { revision: Revision; next: Omit<Entry, "user_id"> }) {
  const cut = revision.truncated === true || next.truncated === true;
  return (
    <details>
      <summary>
        <span class={`chip ${revision.how === "replaced" ? "late" : "bad"}`}>{WORDS[revision.how]}</span>{" "}
        <Time at={revision.ended_at} />
        {revision.written_by !== undefined && (
          <span class="muted">
            , before by <Shown text={String(revision.written_by)} />
          </span>
        )}
      </summary>
      <Diff
        before={linesOf(revision.value, revision.metadata)}
        after={linesOf(next.value, next.metadata)}
        label={`What changed in revision ${revision.revision}`}
      />
      {cut && <p class="muted small">Only parts of the texts are compared: they are long.</p>}
      {writes.value && (
        <p class="row-actions">
          <button
            type="button"
            aria-label={`Restore revision ${revision.revision}`}
            onClick={() => restore(revision.key, revision.revision).catch(fail)}
          >
            Restore
          </button>
        </p>
      )}
    </details>
  );
}

/** What was deleted lately and is not there again, with its way back, or away for good. */
export function RecentlyDeleted({ onClose }: { onClose: () => void }) {
  const [found, setFound] = useState<Revision[]>([]);
  const [cursor, setCursor] = useState<string | undefined>(undefined);
  const [note, setNote] = useState<string | undefined>(undefined);
  const [erasing, setErasing] = useState("");
  const [reading, setReading] = useState(true);

  /** Reads on until there is more to show. */
  async function read(before: Revision[], from: string | undefined): Promise<void> {
    setReading(true);
    try {
      const owner = user.value;
      const known = new Set(before.map((one) => one.key));
      const gone: Revision[] = [];
      let at = from;
      let looked = 0;
      do {
        const answer = await ask(undefined, at);
        const ended = answer.revisions.filter((one) => one.how !== "replaced" && !known.has(one.key) && known.add(one.key));
        const missing = new Set<Revision>();
        await each(ended, async (one) => void ((await whole(owner, one.key)) === null && missing.add(one)));
        gone.push(...ended.filter((one) => missing.has(one)));
        looked += answer.revisions.length;
        at = answer.next_cursor;
        setNote(answer.note);
      } while (gone.length === 0 && at !== undefined && looked < MOST_LOOKED_THROUGH);
      setFound([...before, ...gone]);
      setCursor(at);
    } catch (e) {
      fail(e);
    }
    setReading(false);
  }
  useEffect(() => void read([], undefined), []);

  async function act(key: string, work: Promise<void>): Promise<void> {
    try {
      await work;
      setFound(found.filter((one) => one.key !== key));
    } catch (e) {
      fail(e);
    }
    setErasing("");
  }

  return (
    <Dialog title="Recently deleted" onClose={onClose}>
      {note && <p class="muted">{note}</p>}
      {found.length === 0 && (
        <p class="muted">
          {reading ? "Looking…" : cursor ? "Nothing among the latest changes." : "Nothing that could be brought back."}
        </p>
      )}
      <ul class="letters deleted" tabIndex={0} aria-label="Deleted memories">
        {found.map((one) => (
          <li key={one.key}>
            <div>
              <strong>
                <Shown text={one.key} />
              </strong>{" "}
              <span class="muted small">
                {WORDS[one.how]} <Time at={one.ended_at} />
              </span>
              <p class="preview-text">
                <Shown text={one.value.slice(0, 220)} />
              </p>
            </div>
            {writes.value && (
              <p class="row-actions">
                <button
                  type="button"
                  aria-label={`Restore ${one.key}`}
                  onClick={() => void act(one.key, restore(one.key))}
                >
                  Restore
                </button>
                {erasing === one.key ? (
                  <button type="button" class="primary danger" onClick={() => void act(one.key, remove([one.key], true))}>
                    Erase for good
                  </button>
                ) : (
                  <button
                    type="button"
                    class="quiet danger"
                    aria-label={`Erase ${one.key} for good`}
                    onClick={() => setErasing(one.key)}
                  >
                    Erase…
                  </button>
                )}
              </p>
            )}
          </li>
        ))}
      </ul>
      {cursor && (
        <button type="button" disabled={reading} onClick={() => void read(found, cursor)}>
          Show earlier ones
        </button>
      )}
    </Dialog>
  );
}
