/** The list of memories. Only the rows that can be seen are in the page, however many there are. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Hit } from "./api";
import {
  atBeginning,
  current,
  edited,
  filtered,
  gaps,
  loading,
  marked,
  more,
  query,
  rows,
  show as showRows,
  tagsOf,
} from "./memories";
import { writes } from "./state";
import { Shown, ago, count } from "./text";
import { Empty, Icon } from "./ui";

/** Pixels; the style sheet gives a row the same height. */
const ROW = 84;
/** Rows above and below what can be seen, so that a quick movement shows no gap. */
const AROUND = 8;
/** Rows before the end at which the list reads on. */
const AHEAD = 40;
/** Tags that a row has room for. */
const MOST_TAGS = 2;
/** More of a text than a row can show. */
const PREVIEW = 220;

export function mark(key: string): void {
  const next = new Set(marked.value);
  if (!next.delete(key)) next.add(key);
  marked.value = next;
}

export function List({ onDelete }: { onDelete: (keys: string[]) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, height: 900 });
  const all = rows.value;
  const at = all.places.get(current.value) ?? -1;
  /** The place that is to be chosen once its row has come. */
  const wanted = useRef(-1);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setSeen({ top: element.scrollTop, height: element.clientHeight });
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    measure();
    return () => {
      watcher.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, []);

  const first = Math.max(0, Math.floor(seen.top / ROW) - AROUND);
  const last = Math.min(all.length, Math.ceil((seen.top + seen.height) / ROW) + AROUND);

  useEffect(() => {
    atBeginning.value = first === 0;
    // One question at a time: what a quick movement passes over meanwhile is not asked for.
    void showRows(first, last + AHEAD);
  }, [first, last, all, loading.value]);

  function choose(): void {
    const hit = all.at.get(wanted.current);
    if (hit) {
      wanted.current = -1;
      current.value = hit.key;
    }
  }
  useEffect(choose, [all]);

  function show(index: number): void {
    const place = Math.max(0, Math.min(all.length - 1, index));
    const element = box.current;
    if (!element) return;
    wanted.current = place;
    choose();
    const top = place * ROW;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW > element.scrollTop + element.clientHeight) element.scrollTop = top + ROW - element.clientHeight;
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(seen.height / ROW) - 1);
    const from = wanted.current < 0 ? at : wanted.current;
    const moves: Record<string, () => void> = {
      ArrowDown: () => show(from + 1),
      ArrowUp: () => show(from - 1),
      j: () => show(from + 1),
      k: () => show(from - 1),
      PageDown: () => show(from + page),
      PageUp: () => show(from - page),
      Home: () => show(0),
      End: () => show(all.length - 1),
      " ": () => {
        if (at >= 0 && writes.value) mark(current.value);
      },
      Delete: () => {
        const keys = marked.value.size > 0 ? [...marked.value] : at >= 0 ? [current.value] : [];
        if (keys.length > 0 && writes.value) onDelete(keys);
      },
      Enter: () => document.getElementById("detail")?.focus(),
    };
    const move = moves[event.key];
    if (move) {
      event.preventDefault();
      move();
    }
  }

  const lacking = Object.keys(gaps.value);
  return (
    <>
      {lacking.length > 0 && (
        <p class="gaps">
          Not complete: {lacking.join(", ")} {lacking.length === 1 ? "was" : "were"} not heard.
        </p>
      )}
      <div
        ref={box}
        class="list"
        role="listbox"
        tabIndex={0}
        aria-label="Memories"
        aria-multiselectable={writes.value}
        aria-activedescendant={at < 0 ? undefined : `row-${at}`}
        onKeyDown={onKeyDown}
      >
        {all.length === 0 && !loading.value ? (
          <Nothing />
        ) : (
          <div class="rows" style={{ height: `${all.length * ROW}px` }} role="presentation">
            {places(first, last).map((place) => {
              const hit = all.at.get(place);
              return hit ? (
                <Row key={hit.key} hit={hit} index={place} total={more.value ? -1 : all.length} />
              ) : (
                <div
                  key={place}
                  class="row coming"
                  style={{ transform: `translateY(${place * ROW}px)` }}
                  aria-hidden="true"
                />
              );
            })}
          </div>
        )}
      </div>
      <p class="foot" role="status">
        {loading.value && all.length === 0
          ? "Looking…"
          : `${count(all.length, "memory", "memories")}${more.value ? " so far" : ""}`}
        {marked.value.size > 0 && `, ${marked.value.size} marked`}
      </p>
    </>
  );
}

function places(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

function Nothing() {
  if (query.value.trim() !== "" || filtered.value > 0) {
    return <Empty title="Nothing matches">Other words or fewer filters may find it.</Empty>;
  }
  return (
    <Empty title="Nothing is remembered yet">
      <p>What your assistants store shows here by itself.</p>
      {writes.value && (
        <button type="button" class="primary" onClick={() => (edited.value = { entry: null })}>
          <Icon name="plus" /> Write the first memory
        </button>
      )}
    </Empty>
  );
}

function Row({ hit, index, total }: { hit: Hit; index: number; total: number }) {
  const shown = hit.key === current.value;
  const chosen = marked.value.has(hit.key);
  const words = hit.matched?.words ?? [];
  const text = hit.matched?.snippet?.replaceAll("**", "") ?? hit.value;
  return (
    <div
      id={`row-${index}`}
      class={`row${shown ? " shown" : ""}${chosen ? " chosen" : ""}`}
      style={{ transform: `translateY(${index * ROW}px)` }}
      role="option"
      aria-selected={chosen || shown}
      aria-posinset={index + 1}
      aria-setsize={total}
      onClick={() => (current.value = hit.key)}
    >
      {writes.value && (
        <span
          class="mark-box"
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation();
            mark(hit.key);
          }}
        >
          <span class="mark-dot">{chosen && <Icon name="check" />}</span>
        </span>
      )}
      <span class="row-head">
        <span class="row-key">
          <Shown text={hit.key} words={words} />
        </span>
        {tagsOf(hit.metadata)
          .slice(0, MOST_TAGS)
          .map((tag) => (
            <span class="row-tag" key={tag}>
              <Shown text={tag} />
            </span>
          ))}
        {hit.updated_at && <span class="row-time">{ago(hit.updated_at)}</span>}
      </span>
      <span class="row-text">
        <Shown text={text.slice(0, PREVIEW)} words={words} />
      </span>
    </div>
  );
}
