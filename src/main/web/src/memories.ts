/** The list of memories: what is asked for, what has come, what is chosen. */
import { computed, effect, signal, untracked } from "@preact/signals";
import { type Entry, type Found, type Hit, type Metadata, ask, call, whole } from "./api";
import { about, fail, offers, say, user } from "./state";
import { count } from "./text";

export interface Filters {
  prefix: string;
  since: string;
  until: string;
  tag: string;
  metadata: string;
}

export const NO_FILTERS: Filters = { prefix: "", since: "", until: "", tag: "", metadata: "" };

export const query = signal("");
export const filters = signal<Filters>(NO_FILTERS);
/** The list, of which any part may have come: what is looked at and is not there is asked for. */
export const rows = signal<Rows>(none());
export const loading = signal(false);
/** Whether the list goes on behind its last row. */
export const more = signal(false);
/** What the list lacks, and why. */
export const gaps = signal<Record<string, string>>({});
/** The key of the memory that is shown beside the list; empty for none. */
export const current = signal("");
/** The keys that are marked, to do something with all of them. */
export const marked = signal<ReadonlySet<string>>(new Set());
/** Counts what was changed from here, so that what shows it is read again. */
export const changes = signal(0);

/** Rows by their place, and the places of keys. Both are changed in place, and the signal gets a new object around them. */
export interface Rows {
  length: number;
  at: Map<number, Hit>;
  places: Map<string, number>;
}

function none(): Rows {
  return { length: 0, at: new Map(), places: new Map() };
}

function put(list: Rows, place: number, hit: Hit): void {
  list.at.set(place, hit);
  list.places.set(hit.key, place);
}

export const filtered = computed(() => Object.values(filters.value).filter((text) => text.trim() !== "").length);
/** The metadata field is wrong while this is not empty. */
export const metadataProblem = computed(() => {
  try {
    metadataOf(filters.value.metadata);
    return "";
  } catch (e) {
    return (e as Error).message;
  }
});

const PAGE = 100;
/** Rows that are kept; of a long list those around what is looked at. */
const MOST_KEPT = 4_000;
/** As many can be marked at once: deleting each takes two questions. */
export const MOST_MARKED = 1_000;

let cursor: string | undefined;
/** Behind what one search can show at most, the list goes on with what is older than the last memory. */
let olderThan: string | undefined;
let underWay = new AbortController();
/** What is missing is not asked for again and again of a server that does not answer. */
const AFTER_FAILURE_MS = 3_000;
let failedAt = 0;

/** Whether the list is all that is remembered, of which any part can be had at once. */
function isAll(): boolean {
  return query.value.trim() === "" && filtered.value === 0 && (about.value?.limits.file_bytes ?? 0) > 0;
}

/** "field: value, other: value"; a value that is JSON is taken as that. */
export function metadataOf(text: string): Metadata | undefined {
  if (text.trim() === "") return undefined;
  const metadata: Metadata = {};
  for (const part of text.split(",")) {
    const colon = part.indexOf(":");
    if (colon < 1) throw new Error("Write it as field: value");
    const value = part.slice(colon + 1).trim();
    try {
      metadata[part.slice(0, colon).trim()] = JSON.parse(value);
    } catch {
      metadata[part.slice(0, colon).trim()] = value;
    }
  }
  return metadata;
}

/** When a day of this browser's clock begins, or one that is some days later. */
function midnight(day: string, later: number): string {
  const time = new Date(`${day}T00:00`);
  time.setDate(time.getDate() + later);
  return time.toISOString();
}

function question(): Record<string, unknown> {
  const chosen = filters.value;
  const asked: Record<string, unknown> = { user_id: user.value, limit: PAGE, order: "recency" };
  if (query.value.trim() !== "") {
    asked.query = query.value;
    asked.order = "relevance";
    asked.time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
  if (chosen.prefix.trim() !== "") asked.key_prefix = chosen.prefix.trim();
  if (chosen.since !== "") asked.since = midnight(chosen.since, 0);
  if (chosen.until !== "") asked.until = midnight(chosen.until, 1);
  if (chosen.tag.trim() !== "" && offers("search", "tags")) asked.tags = [chosen.tag.trim()];
  const metadata = metadataOf(chosen.metadata);
  if (metadata) asked.metadata = metadata;
  if (olderThan) asked.until = olderThan;
  if (cursor) asked.cursor = cursor;
  return asked;
}

/** Reads the list from its beginning. What is shown stays until the answer is there. */
export async function reload(): Promise<void> {
  if (!about.value || user.value === "" || metadataProblem.value !== "") return;
  cursor = undefined;
  olderThan = undefined;
  await asking((signal) => (isAll() ? part(0, signal, true) : next(true, signal)));
}

/** Sees to it that the rows from one place to another come, unless something is under way. */
export async function show(from: number, to: number): Promise<void> {
  if (loading.value || Date.now() - failedAt < AFTER_FAILURE_MS) return;
  if (!isAll()) {
    if (more.value && to >= rows.value.length) await asking((signal) => next(false, signal));
    return;
  }
  for (let place = from; place < Math.min(to, rows.value.length); place++) {
    if (!rows.value.at.has(place)) {
      // Whichever way the person moves, some rows beyond what can be seen come with it.
      await asking((signal) => part(Math.max(0, place - PAGE / 4), signal, false));
      return;
    }
  }
}

async function asking(question: (signal: AbortSignal) => Promise<void>): Promise<void> {
  underWay.abort();
  underWay = new AbortController();
  const signal = underWay.signal;
  loading.value = true;
  try {
    await question(signal);
  } catch (e) {
    if (!signal.aborted) {
      more.value = false;
      failedAt = Date.now();
    }
    fail(e);
  } finally {
    if (!signal.aborted) loading.value = false;
  }
}

interface Line {
  key: string;
  value: string;
  updated_at?: string;
  tags?: string[];
}

async function lines(skip: number, limit: number, signal?: AbortSignal): Promise<{ lines: Line[]; total: number }> {
  return ask("newest", { user_id: user.value, skip, limit }, signal);
}

/** Reads a part of all that is remembered; what came before counts no longer when the list has become another one. */
async function part(skip: number, signal: AbortSignal, anew: boolean): Promise<void> {
  const owner = user.value;
  const found = await lines(skip, PAGE, signal);
  const list = anew || found.total !== rows.value.length ? none() : rows.value;
  if (list.at.size > MOST_KEPT) forget(list, skip);
  found.lines.forEach((line, i) => {
    const { tags, ...shown } = line;
    put(list, skip + i, { user_id: owner, score: 0, backends: [], metadata: tags ? { tags } : {}, ...shown });
  });
  rows.value = { ...list, length: found.total };
  gaps.value = {};
  more.value = false;
}

function forget(list: Rows, around: number): void {
  for (const [place, hit] of list.at) {
    if (Math.abs(place - around) > MOST_KEPT / 4 && hit.key !== current.value) {
      list.at.delete(place);
      list.places.delete(hit.key);
    }
  }
}

/** Reads what a search finds, or what it finds behind that. */
async function next(anew: boolean, signal: AbortSignal): Promise<void> {
  const found = await call<Found>("search", question(), signal);
  const list = anew ? none() : rows.value;
  // A search that goes on behind its end shows the last memories again.
  const fresh = found.results.filter((hit) => !list.places.has(hit.key));
  fresh.forEach((hit, i) => put(list, list.length + i, hit));
  rows.value = { ...list, length: list.length + fresh.length };
  gaps.value = found.problems ?? {};
  cursor = found.next_cursor;
  const last = rows.value.at.get(rows.value.length - 1)?.updated_at;
  const full = cursor === undefined && found.note !== undefined && query.value.trim() === "";
  if (full && last) olderThan = new Date(Date.parse(last) + 1).toISOString();
  more.value = cursor !== undefined || (full && fresh.length > 0);
  if (full && fresh.length === 0) {
    gaps.value = { ...gaps.value, "what follows": "More than 2,000 memories have one time: narrow the filters." };
  }
  if (anew && marked.value.size > 0) {
    marked.value = new Set([...marked.value].filter((key) => list.places.has(key)));
  }
}

/** Marks the whole list, as far as so many can be marked. */
export async function markAll(): Promise<void> {
  const keys = [...rows.value.places.keys()];
  try {
    if (isAll() && keys.length < rows.value.length) {
      keys.length = 0;
      for (let skip = 0; skip < Math.min(MOST_MARKED, rows.value.length); skip += 500) {
        keys.push(...(await lines(skip, 500)).lines.map((line) => line.key));
      }
    }
    marked.value = new Set(keys.slice(0, MOST_MARKED));
  } catch (e) {
    fail(e);
  }
}

export const edited = signal<{ entry: Entry | null } | null>(null);

/** Stores a memory; throws what the server says against it. */
export async function store(
  key: string,
  value: string,
  metadata: Metadata,
  expires: string | undefined,
): Promise<void> {
  const stored = await call<{ durability: string; similar?: { key: string }[] }>("store", {
    user_id: user.value,
    key,
    value,
    metadata,
    ...(expires === undefined ? {} : { expires_at: expires }),
  });
  current.value = key;
  changes.value++;
  await reload();
  const near = stored.similar?.map((one) => one.key) ?? [];
  say(
    near.length > 0
      ? `Saved. Nearly the same is kept under ${near.join(", ")}.`
      : stored.durability === "queued"
        ? "Saved here. Other backends follow."
        : "Saved.",
  );
}

const AT_ONCE = 4;

/**
 * Deletes memories. A server with a history has them back; of another they are kept here as they were until the notice is
 * gone, and written again.
 *
 * @param forGood whether nothing of them stays, not even for a while
 */
export async function remove(keys: string[], forGood = false): Promise<void> {
  const owner = user.value;
  const remembers = about.value?.history === true;
  const kept: { key: string; back: () => Promise<unknown> }[] = [];
  let failure: unknown;
  await each(keys, async (key) => {
    const entry = remembers || forGood ? null : await whole(owner, key);
    await call("delete", { user_id: owner, key, ...(forGood ? { permanently: true } : {}) });
    if (remembers) kept.push({ key, back: () => call("restore", { user_id: owner, key }) });
    else if (entry) kept.push({ key, back: () => writeAgain(owner, entry) });
    else kept.push({ key, back: async () => {} });
  }).catch((e: unknown) => (failure = e));
  marked.value = new Set();
  if (keys.includes(current.value)) current.value = "";
  changes.value++;
  await reload();
  if (kept.length > 0) {
    const what = kept.length === 1 ? `“${shortened(kept[0]!.key)}”` : count(kept.length, "memory", "memories");
    if (forGood) say(`Deleted ${what} for good.`);
    else say(`Deleted ${what}.`, { label: "Undo", run: () => void putBack(kept) });
  }
  if (failure) fail(failure);
}

async function writeAgain(owner: string, { key, value, metadata, expires_at }: Entry): Promise<void> {
  await call("store", { user_id: owner, key, value, metadata, ...(expires_at ? { expires_at } : {}) });
}

async function putBack(kept: { back: () => Promise<unknown> }[]): Promise<void> {
  try {
    await each(kept, async ({ back }) => void (await back()));
    say(kept.length === 1 ? "It is back." : `${count(kept.length, "memory", "memories")} are back.`);
  } catch (e) {
    fail(e);
  }
  changes.value++;
  await reload();
}

/** Brings back what a key held before: its last text, or that revision of it. */
export async function restore(key: string, revision?: number): Promise<void> {
  await call("restore", { user_id: user.value, key, ...(revision === undefined ? {} : { revision }) });
  say(`“${shortened(key)}” is as it was.`);
  changes.value++;
  await reload();
}

export async function each<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
    }),
  );
}

function shortened(text: string): string {
  return text.length <= 40 ? text : text.slice(0, 39) + "…";
}

/** The tags of a memory, as far as they are texts. */
export function tagsOf(metadata: Metadata): string[] {
  const tags: unknown[] = Array.isArray(metadata.tags) ? metadata.tags : [metadata.tags];
  return tags.filter((tag): tag is string => typeof tag === "string");
}

const TYPING_MS = 120;
let typing = 0;

// The list follows what is asked for: at once for another user, and while somebody types with the pauses.
effect(() => {
  void [query.value, filters.value];
  window.clearTimeout(typing);
  typing = window.setTimeout(() => void reload(), TYPING_MS);
});
effect(() => {
  void [user.value, about.value];
  untracked(() => {
    rows.value = none();
    more.value = false;
    marked.value = new Set();
    current.value = "";
    window.clearTimeout(typing);
    void reload();
  });
});

const LIVE_MS = 5_000;
/** Whether the beginning of the list is looked at. */
export const atBeginning = signal(true);

// What other clients write meanwhile shows by itself, while somebody looks at the beginning of the list.
window.setInterval(() => {
  if (!document.hidden && atBeginning.value && !loading.value && !edited.value) void reload();
}, LIVE_MS);
