/** The view of memories: what is looked for on the left, what was found beside it. */
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "./api";
import { Detail } from "./detail";
import { Editor } from "./editor";
import { RecentlyDeleted } from "./history";
import { List } from "./list";
import {
  type Filters,
  NO_FILTERS,
  changes,
  current,
  edited,
  filtered,
  filters,
  MOST_MARKED,
  markAll,
  marked,
  metadataProblem,
  query,
  remove,
  rows,
} from "./memories";
import { about, fail, offers, user, writes } from "./state";
import { Shown, count } from "./text";
import { Dialog, Icon } from "./ui";

export function MemoriesView() {
  const search = useRef<HTMLInputElement>(null);
  const [filtering, setFiltering] = useState(false);
  const [deleting, setDeleting] = useState<string[]>([]);
  const [deleted, setDeleted] = useState(false);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const writing = (event.target as HTMLElement).closest("input, textarea, select, dialog");
      if (writing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "/") {
        event.preventDefault();
        search.current?.focus();
      } else if (event.key === "n" && writes.value) {
        event.preventDefault();
        edited.value = { entry: null };
      } else if (event.key === "Escape") {
        if (marked.value.size > 0) marked.value = new Set();
        else current.value = "";
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  // One memory is deleted at once, because that can be undone; many are a question first.
  const onDelete = (keys: string[]) => (keys.length === 1 ? void remove(keys) : setDeleting(keys));

  return (
    <main class={`memories${current.value === "" ? "" : " reading"}`}>
      <section class="side" aria-label="Find memories">
        <div class="find">
          <label class="search">
            <Icon name="search" />
            <input
              ref={search}
              type="search"
              placeholder="Search in plain words"
              aria-label="Search memories"
              value={query.value}
              onInput={(event) => (query.value = event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === "ArrowDown") {
                  event.preventDefault();
                  document.querySelector<HTMLElement>(".list")?.focus();
                  const first = rows.value.at.get(0);
                  if (first && !rows.value.places.has(current.value)) current.value = first.key;
                }
              }}
            />
            <kbd aria-hidden="true">/</kbd>
          </label>
          <button
            type="button"
            class={`tool${filtered.value > 0 ? " on" : ""}`}
            aria-expanded={filtering}
            aria-controls="filters"
            aria-label={filtered.value > 0 ? `Filters, ${filtered.value} in use` : "Filters"}
            onClick={() => setFiltering(!filtering)}
          >
            <Icon name="filter" />
          </button>
          {writes.value && (
            <button
              type="button"
              class="tool primary"
              aria-label="New memory"
              onClick={() => (edited.value = { entry: null })}
            >
              <Icon name="plus" />
            </button>
          )}
        </div>
        {filtering && <FilterForm onDeleted={() => setDeleted(true)} />}
        {marked.value.size > 0 && (
          <div class="bulk">
            <span>{marked.value.size.toLocaleString("en")} marked</span>
            <button type="button" class="quiet" onClick={() => void markAll()}>
              {rows.value.length > MOST_MARKED ? `Mark the first ${MOST_MARKED.toLocaleString("en")}` : "Mark all"}
            </button>
            <button type="button" class="quiet" onClick={() => (marked.value = new Set())}>
              Clear
            </button>
            <button type="button" class="quiet danger" onClick={() => onDelete([...marked.value])}>
              Delete
            </button>
          </div>
        )}
        <List onDelete={onDelete} />
      </section>
      <section class="detail" id="detail" tabIndex={-1} aria-label="The chosen memory">
        <Detail onDelete={onDelete} />
      </section>
      <Editor />
      {deleted && <RecentlyDeleted onClose={() => setDeleted(false)} />}
      {deleting.length > 0 && <DeleteMany keys={deleting} onClose={() => setDeleting([])} />}
    </main>
  );
}

function FilterForm({ onDeleted }: { onDeleted: () => void }) {
  const chosen = filters.value;
  const set = (name: keyof Filters) => (event: { currentTarget: HTMLInputElement }) =>
    (filters.value = { ...filters.value, [name]: event.currentTarget.value });
  return (
    <form id="filters" class="filters" onSubmit={(event) => event.preventDefault()}>
      <label class="wide">
        Key begins with
        <input value={chosen.prefix} placeholder="project-x/" onInput={set("prefix")} />
      </label>
      {offers("search", "tags") && (
        <>
          <label class="wide">
            Tag
            <input value={chosen.tag} onInput={set("tag")} />
          </label>
          <Tags />
        </>
      )}
      <label class="wide">
        Metadata
        <input
          value={chosen.metadata}
          placeholder="project: tea, pinned: true"
          aria-invalid={metadataProblem.value !== ""}
          onInput={set("metadata")}
        />
      </label>
      <label>
        Changed since
        <input type="date" value={chosen.since} onInput={set("since")} />
      </label>
      <label>
        until
        <input type="date" value={chosen.until} onInput={set("until")} />
      </label>
      {metadataProblem.value !== "" && <p class="problem wide">{metadataProblem.value}</p>}
      {about.value?.history && (
        <button type="button" class="quiet wide" onClick={onDeleted}>
          <Icon name="trash" /> Recently deleted…
        </button>
      )}
      {filtered.value > 0 && (
        <button type="button" class="quiet wide" onClick={() => (filters.value = NO_FILTERS)}>
          Clear the filters
        </button>
      )}
    </form>
  );
}

/** What the memories are tagged with, to be chosen. */
function Tags() {
  const [tags, setTags] = useState<{ tag: string; count: number }[]>([]);
  useEffect(() => {
    if ((about.value?.limits.file_bytes ?? 0) === 0 || user.value === "") return;
    const asked = new AbortController();
    ask<{ tags: { tag: string; count: number }[] }>("tags", { user_id: user.value }, asked.signal).then(
      (answer) => setTags(answer.tags),
      fail,
    );
    return () => asked.abort();
  }, [user.value, changes.value]);
  if (tags.length === 0) return null;
  return (
    <ul class="tags wide" aria-label="Tags">
      {tags.map(({ tag, count: memories }) => {
        const on = filters.value.tag === tag;
        return (
          <li key={tag}>
            <button
              type="button"
              class={`chip${on ? " on" : ""}`}
              aria-pressed={on}
              onClick={() => (filters.value = { ...filters.value, tag: on ? "" : tag })}
            >
              <Shown text={tag} /> <span class="muted">{memories.toLocaleString("en")}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function DeleteMany({ keys, onClose }: { keys: string[]; onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const [forGood, setForGood] = useState(false);
  const sure = typed.trim() === String(keys.length);
  return (
    <Dialog title={`Delete ${count(keys.length, "memory", "memories")}?`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!sure) return;
          onClose();
          void remove(keys, forGood);
        }}
      >
        <p>They are deleted in every backend. {forGood ? "Nobody can bring them back." : "Undo is offered right after."}</p>
        {about.value?.history && (
          <label class="check">
            <input type="checkbox" checked={forGood} onChange={(event) => setForGood(event.currentTarget.checked)} />
            For good, with their history
          </label>
        )}
        <label for="delete-count">
          Type <strong>{keys.length}</strong> to confirm
        </label>
        <input
          id="delete-count"
          autofocus
          inputMode="numeric"
          autocomplete="off"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <footer>
          <button type="button" class="quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary danger" disabled={!sure}>
            Delete
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
