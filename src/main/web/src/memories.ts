/** The list of memories: what is asked for, what has come, what is chosen. */
import { computed, effect, signal, untracked } from "@preact/signals";
import { type Entry, type Found, type Hit, type Metadata, call, whole } from "./api";
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
export const hits = signal<Hit[]>([]);
export const loading = signal(false);
/** Whether the list goes on behind what has come. */
export const more = signal(false);
/** What the list lacks, and why. */
export const gaps = signal<Record<string, string>>({});
/** The key of the memory that is shown beside the list; empty for none. */
export const current = signal("");
/** The keys that are marked, to do something with all of them. */
export const marked = signal<ReadonlySet<string>>(new Set());
/** Counts what was changed from here, so that what shows it is read again. */
export const changes = signal(0);

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

/** The keys of the list: a search that goes on behind its end shows the last memories again. */
const known = new Set<string>();
let cursor: string | undefined;
/** Behind what one search can show at most, the list goes on with what is older than the last memory. */
let olderThan: string | undefined;
let underWay = new AbortController();

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

function question(): Record<string, unknown> {
  const chosen = filters.value;
  const asked: Record<string, unknown> = { user_id: user.value, limit: PAGE, order: "recency" };
  if (query.value.trim() !== "") {
    asked.query = query.value;
    asked.order = "relevance";
    asked.time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
  if (chosen.prefix.trim() !== "") asked.key_prefix = chosen.prefix.trim();
  if (chosen.since !== "") asked.since = chosen.since;
  if (chosen.until !== "") asked.until = chosen.until;
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
  await next(true);
}

/** Reads on, unless that is under way. */
export async function readOn(): Promise<void> {
  if (!loading.value && more.value) await next(false);
}

async function next(anew: boolean): Promise<void> {
  underWay.abort();
  underWay = new AbortController();
  const signal = underWay.signal;
  loading.value = true;
  try {
    const found = await call<Found>("search", question(), signal);
    if (anew) known.clear();
    const fresh = found.results.filter((hit) => !known.has(hit.key));
    for (const hit of fresh) known.add(hit.key);
    hits.value = anew ? fresh : [...hits.value, ...fresh];
    gaps.value = found.problems ?? {};
    cursor = found.next_cursor;
    const last = hits.value.at(-1)?.updated_at;
    const full = cursor === undefined && found.note !== undefined && query.value.trim() === "";
    if (full && last) olderThan = new Date(Date.parse(last) + 1).toISOString();
    more.value = cursor !== undefined || (full && fresh.length > 0);
    if (anew && marked.value.size > 0) {
      marked.value = new Set([...marked.value].filter((key) => known.has(key)));
    }
  } catch (e) {
    if (!signal.aborted) more.value = false;
    fail(e);
  } finally {
    if (!signal.aborted) loading.value = false;
  }
}

export const edited = signal<{ entry: Entry | null } | null>(null);

/** Stores a memory; throws what the server says against it. */
export async function store(key: string, value: string, metadata: Metadata): Promise<void> {
  const stored = await call<{ durability: string; similar?: { key: string }[] }>("store", {
    user_id: user.value,
    key,
    value,
    metadata,
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

/** Deletes memories, which are kept here as they were until the notice is gone, so that they can be put back. */
export async function remove(keys: string[]): Promise<void> {
  const owner = user.value;
  const kept: Entry[] = [];
  let failure: unknown;
  await each(keys, async (key) => {
    const entry = await whole(owner, key);
    await call("delete", { user_id: owner, key });
    if (entry) kept.push(entry);
  }).catch((e: unknown) => (failure = e));
  marked.value = new Set();
  if (keys.includes(current.value)) current.value = "";
  changes.value++;
  await reload();
  if (kept.length > 0) {
    const what = kept.length === 1 ? `“${shortened(kept[0]!.key)}”` : count(kept.length, "memory", "memories");
    say(`Deleted ${what}.`, { label: "Undo", run: () => void restore(owner, kept) });
  }
  if (failure) fail(failure);
}

async function restore(owner: string, entries: Entry[]): Promise<void> {
  try {
    await each(entries, async (entry) => {
      await call("store", { user_id: owner, key: entry.key, value: entry.value, metadata: entry.metadata });
    });
    say(entries.length === 1 ? "It is back." : `${count(entries.length, "memory", "memories")} are back.`);
  } catch (e) {
    fail(e);
  }
  changes.value++;
  await reload();
}

async function each<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
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
    hits.value = [];
    marked.value = new Set();
    current.value = "";
    window.clearTimeout(typing);
    void reload();
  });
});

const LIVE_MS = 5_000;

// What other clients write meanwhile shows by itself, while somebody looks at the beginning of the list.
window.setInterval(() => {
  if (!document.hidden && hits.value.length <= PAGE && !loading.value && !edited.value) void reload();
}, LIVE_MS);
