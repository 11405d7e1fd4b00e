/** Texts of anybody, shown so that they cannot disguise themselves, and times as people read them. */
import type { ComponentChildren } from "preact";

// What changes the direction of a text, cannot be seen, or controls a terminal: shown as what it is.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function codePoint(character: string): string {
  return "U+" + character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
}

/** A text with its hidden characters made visible, and the words marked that a search has met. */
export function Shown({ text, words = [] }: { text: string; words?: string[] }) {
  const parts: ComponentChildren[] = [];
  const pattern = words.length === 0 ? null : new RegExp(words.map(escaped).join("|"), "giu");
  let from = 0;
  for (const hidden of text.matchAll(HIDDEN)) {
    parts.push(...marked(text.slice(from, hidden.index), pattern));
    parts.push(<span class="hidden-char" title="A character that cannot be seen">{codePoint(hidden[0])}</span>);
    from = hidden.index + hidden[0].length;
  }
  parts.push(...marked(text.slice(from), pattern));
  return <bdi>{parts}</bdi>;
}

function marked(text: string, pattern: RegExp | null): ComponentChildren[] {
  if (pattern === null) return [text];
  const parts: ComponentChildren[] = [];
  let from = 0;
  for (const met of text.matchAll(pattern)) {
    if (met[0] === "") continue;
    parts.push(text.slice(from, met.index), <mark>{met[0]}</mark>);
    from = met.index + met[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const DAY = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric" });
const EXACT = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "medium" });
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 7],
];

/** How long ago, and the day when that is long ago. */
export function ago(time: string): string {
  let left = (Date.parse(time) - Date.now()) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(left) < size) return unit === "second" ? "just now" : RELATIVE.format(Math.round(left), unit);
    left /= size;
  }
  return DAY.format(new Date(time));
}

export function Time({ at }: { at: string | undefined }) {
  return at === undefined ? (
    <>not known</>
  ) : (
    <time dateTime={at} title={EXACT.format(new Date(at))}>
      {ago(at)}
    </time>
  );
}

export function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export function count(n: number, one: string, many = one + "s"): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}
