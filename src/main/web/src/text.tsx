/** Texts of anybody, shown so that they cannot disguise themselves, and times as people read them. */
import type { ComponentChildren } from "preact";

/** Letters that change their form beside a joiner. */
const JOINING = ["Arab", "Syrc", "Mong", "Deva", "Beng", "Guru", "Gujr", "Orya", "Taml", "Telu", "Knda", "Mlym", "Sinh"]
  .map((script) => `\\p{Script=${script}}`)
  .join("");

/**
 * What changes the direction of a text, cannot be seen, or controls a terminal: shown as what it is. Not where it has its
 * work: the form of an emoji or of what joins several, and joiners within a word of a script that has them.
 */
const HIDDEN = new RegExp(
  String.raw`(?![\t\n])[\p{Cc}\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb]` +
    String.raw`(?<!\p{Emoji}[\ufe0e\ufe0f])` +
    String.raw`(?<!\p{Extended_Pictographic}\p{Emoji_Modifier}?\ufe0f?\u200d(?=\p{Extended_Pictographic}))` +
    `(?<![${JOINING}][\u200c\u200d](?=[${JOINING}]))`,
  "gu",
);

function codePoint(character: string): string {
  return "U+" + character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
}

/** A text with its hidden characters made visible, where nothing but text can be. */
export function shownText(text: string): string {
  return text.replace(HIDDEN, codePoint);
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
