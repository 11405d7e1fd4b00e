/** Two texts, and what makes the one of the other: line by line, and within a line that was changed. */
import { useMemo } from "preact/hooks";
import type { Metadata } from "./api";
import { Shown, count } from "./text";

interface Line {
  kind: "same" | "gone" | "new";
  text: string;
  /** From where to where the line differs from the one that takes its place; all of it where there is none. */
  from?: number;
  to?: number;
}

/** What cells the comparison may have: two texts of 2,000 lines that have nothing in common take that many. */
const MOST_CELLS = 4_000_000;
/** Lines that are shown around a change. */
const AROUND = 3;

/** What both a text and metadata say, as lines. */
export function linesOf(value: string, metadata: Metadata = {}): string[] {
  const fields = Object.entries(metadata).map(([name, one]) => `${name}: ${JSON.stringify(one)}`);
  return [...value.split("\n"), ...(fields.length > 0 ? ["", ...fields] : [])];
}

/** The fewest lines that have to go and to come, by their longest common subsequence. */
export function compared(before: string[], after: string[]): Line[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const same = (text: string): Line => ({ kind: "same", text });
  return [
    ...before.slice(0, head).map(same),
    ...changed(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

function changed(before: string[], after: string[]): Line[] {
  const lines: Line[] = [];
  const width = after.length + 1;
  // How long the longest common subsequence is of what follows both places.
  const longest = new Uint16Array(before.length * after.length <= MOST_CELLS ? (before.length + 1) * width : 0);
  for (let i = before.length - 1; i >= 0 && longest.length > 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        before[i] === after[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
    }
  }
  let i = 0;
  let j = 0;
  let gone: string[] = [];
  let fresh: string[] = [];
  const flush = () => {
    lines.push(...block(gone, fresh));
    gone = [];
    fresh = [];
  };
  while (i < before.length && j < after.length && longest.length > 0) {
    if (before[i] === after[j]) {
      flush();
      lines.push({ kind: "same", text: before[i]! });
      i++;
      j++;
    } else if (longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!) {
      gone.push(before[i++]!);
    } else {
      fresh.push(after[j++]!);
    }
  }
  gone.push(...before.slice(i));
  fresh.push(...after.slice(j));
  flush();
  return lines;
}

/** Lines that went, then those that came: each beside the one at its place, where the two have much in common. */
function block(gone: string[], fresh: string[]): Line[] {
  return [
    ...gone.map((text, n) => marked("gone", text, fresh[n])),
    ...fresh.map((text, n) => marked("new", text, gone[n])),
  ];
}

function marked(kind: Line["kind"], text: string, other = ""): Line {
  const shorter = Math.min(text.length, other.length);
  let from = 0;
  while (from < shorter && text[from] === other[from]) from++;
  let tail = 0;
  while (tail < shorter - from && text[text.length - 1 - tail] === other[other.length - 1 - tail]) tail++;
  if ((from + tail) * 3 < Math.max(text.length, other.length)) return { kind, text };
  // The halves of one character stay together.
  if (from > 0 && isHigh(text.charCodeAt(from - 1))) from--;
  if (tail > 0 && isHigh(text.charCodeAt(text.length - tail - 1))) tail--;
  return { kind, text, from, to: text.length - tail };
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

interface Run {
  left: number;
}

/** Long stretches of lines that are the same are only counted. */
function shortened(lines: Line[]): (Line | Run)[] {
  const near = lines.map(() => false);
  lines.forEach((line, at) => {
    if (line.kind !== "same") near.fill(true, Math.max(0, at - AROUND), at + AROUND + 1);
  });
  const shown: (Line | Run)[] = [];
  lines.forEach((line, at) => {
    const last = shown.at(-1);
    if (near[at]) shown.push(line);
    else if (last && "left" in last) last.left++;
    else shown.push({ left: 1 });
  });
  return shown;
}

/** What makes `after` of `before`; no text at all where there is none on that side. */
export function Diff(props: { before: string[] | undefined; after: string[] | undefined; label: string }) {
  const { before, after } = props;
  const lines = useMemo(() => shortened(compared(before ?? [], after ?? [])), [before?.join("\n"), after?.join("\n")]);
  if (lines.every((line) => "left" in line)) return <p class="muted small">The text and the metadata are the same.</p>;
  return (
    <div class="lines" tabIndex={0} role="group" aria-label={props.label}>
      {lines.map((line, at) =>
        "left" in line ? <Left key={at} lines={line.left} /> : <DiffLine key={at} line={line} />,
      )}
    </div>
  );
}

function Left({ lines }: { lines: number }) {
  return <p class="line left">{count(lines, "line")} the same</p>;
}

function DiffLine({ line }: { line: Line }) {
  if (line.kind === "same") {
    return (
      <p class="line">
        <Shown text={line.text} />
      </p>
    );
  }
  const { text, from = 0, to = text.length } = line;
  const part = from > 0 || to < text.length;
  const shown = (
    <>
      {part && <Shown text={text.slice(0, from)} />}
      {part ? (
        to > from && (
          <b>
            <Shown text={text.slice(from, to)} />
          </b>
        )
      ) : (
        <Shown text={text} />
      )}
      {part && <Shown text={text.slice(to)} />}
    </>
  );
  return line.kind === "gone" ? <del class="line">{shown}</del> : <ins class="line">{shown}</ins>;
}
