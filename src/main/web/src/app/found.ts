/** What the page shows: what a tool found, the memory that somebody looks at, and what is done with it. */
import { signal } from "@preact/signals";
import type { Entry, Found, Hit } from "../api";
import { type ToolResult, call, tellModel, textOf } from "./host";

/** A memory as far as it is known: get_all tells keys and texts alone. */
export type Memory = Partial<Hit> & Pick<Entry, "key" | "value">;

interface Listed {
  memories: Record<string, string>;
  truncated?: Record<string, number>;
  total: number;
  complete: boolean;
  problems?: Record<string, string>;
  next_cursor?: string;
}

/** The memories that were found; null before anything was. */
export const found = signal<Memory[] | null>(null);
/** What the list lacks, and why. */
export const gaps = signal<Record<string, string>>({});
/** The memory that is shown by itself, with the backend that it was read from. */
export const shown = signal<{ memory: Memory; rank: number; next?: number; source?: string } | null>(null);
export const query = signal("");
export const busy = signal(false);
/** What was done last, or why it could not be. */
export const said = signal<{ text: string; failed: boolean } | null>(null);

const PAGE = 20;

/** Whose memories they are; undefined for those of the user whom the server is set up for. */
export const user = signal<string | undefined>(undefined);
/** Whether the list goes on behind what is shown. */
export const goesOn = signal(false);
/** The arguments of the call whose result is shown first. */
let question: Record<string, unknown> = {};
/** Asks for what comes behind the list; undefined at its end. */
let more: (() => Promise<unknown>) | undefined;
/** What was changed here, for the model. */
const changes: string[] = [];

/** Takes the arguments of the call whose result follows. */
export function takeQuestion(given: Record<string, unknown>): void {
  question = given;
  user.value = text(given.user_id);
  query.value = text(given.query) ?? "";
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Takes what the tool found that was called. */
export function takeResult(result: ToolResult): void {
  const content = result.structuredContent;
  if (!result.isError && isFound(content)) {
    put(content, false, question);
  } else if (!result.isError && isListed(content)) {
    putList(content, false, question);
  } else {
    found.value = [];
    said.value = { text: textOf(result) || "The tool gave no result.", failed: true };
  }
}

function isFound(content: unknown): content is Found {
  return Array.isArray((content as Found | undefined)?.results);
}

function isListed(content: unknown): content is Listed {
  return typeof (content as Listed | undefined)?.memories === "object";
}

function put(result: Found, behind: boolean, asked: object): void {
  add(result.results, behind);
  gaps.value = result.problems ?? {};
  user.value ??= result.results[0]?.user_id;
  const cursor = result.next_cursor;
  const next = { ...asked, cursor };
  readOnWith(cursor && (async () => put(await call<Found>("search", next), true, asked)));
}

function putList(result: Listed, behind: boolean, asked: object): void {
  const cut = result.truncated ?? {};
  add(
    Object.entries(result.memories).map(([key, value]) => (key in cut ? { key, value, truncated: true } : { key, value })),
    behind,
  );
  gaps.value = result.problems ?? {};
  const cursor = result.next_cursor;
  const next = { ...asked, cursor };
  readOnWith(cursor && (async () => putList(await call<Listed>("get_all", next), true, asked)));
}

function add(memories: Memory[], behind: boolean): void {
  found.value = behind ? [...(found.value ?? []), ...memories] : memories;
}

function readOnWith(next: (() => Promise<void>) | "" | undefined): void {
  more = next || undefined;
  goesOn.value = more !== undefined;
}

/** Does something that the server has to answer, one thing at a time. */
async function doing(work: () => Promise<unknown>): Promise<void> {
  if (busy.value) return;
  busy.value = true;
  said.value = null;
  try {
    await work();
  } catch (e) {
    said.value = { text: e instanceof Error ? e.message : String(e), failed: true };
  } finally {
    busy.value = false;
  }
}

export const readOn = () => doing(async () => more?.());

/** Asks anew, as the model does. Without words the newest come first. */
export const search = () =>
  doing(async () => {
    const asked: Record<string, unknown> = { ...named(), limit: PAGE };
    if (query.value.trim() !== "") {
      asked.query = query.value.trim();
      asked.time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    }
    shown.value = null;
    put(await call<Found>("search", asked), false, asked);
  });

function named(): { user_id?: string } {
  return user.value === undefined ? {} : { user_id: user.value };
}

interface Part {
  entry?: Entry;
  next_offset?: number;
  source?: string;
}

function part(key: string, offset: number): Promise<Part> {
  return call<Part>("retrieve", { ...named(), key, ...(offset > 0 ? { offset } : {}) });
}

/** Shows one memory; what was not told of it yet is asked for, where the client does that. */
export function show(memory: Memory, rank: number, complete: boolean): void {
  shown.value = { memory, rank };
  if (!complete || (memory.metadata !== undefined && memory.truncated !== true)) return;
  void doing(async () => {
    const read = await part(memory.key, 0);
    if (!read.entry) throw new Error("It is not there any more: somebody has deleted it meanwhile.");
    showPart({ ...memory, truncated: false, ...read.entry }, rank, read);
  });
}

function showPart(memory: Memory, rank: number, read: Part): void {
  shown.value = {
    memory,
    rank,
    ...(read.next_offset === undefined ? {} : { next: read.next_offset }),
    ...(read.source === undefined ? {} : { source: read.source }),
  };
}

/** Adds the next part of a long text. */
export const readText = () =>
  doing(async () => {
    const now = shown.value;
    if (now?.next === undefined) return;
    const read = await part(now.memory.key, now.next);
    if (read.entry) showPart({ ...now.memory, value: now.memory.value + read.entry.value }, now.rank, read);
  });

/** Replaces the text of a memory and keeps the rest of it. What somebody else has written meanwhile is not overwritten. */
export const replace = (memory: Memory, value: string) =>
  doing(async () => {
    const { entry } = await part(memory.key, 0);
    if (entry?.value !== memory.value) throw new Error("It was changed or deleted meanwhile: close it and look again.");
    if (entry.truncated) throw new Error("It is too long to be changed here.");
    const kept = entry.expires_at === undefined ? {} : { expires_at: entry.expires_at };
    await call("store", { ...named(), key: memory.key, value, metadata: entry.metadata, ...kept });
    const changed = { ...memory, ...entry, value, updated_at: new Date().toISOString() };
    found.value = (found.value ?? []).map((one) => (one.key === memory.key ? changed : one));
    if (shown.value) shown.value = { ...shown.value, memory: changed };
    done("Saved.", `replaced the memory ${JSON.stringify(memory.key)} by: ${JSON.stringify(value)}`);
  });

/** Deletes a memory, in every backend. */
export const remove = (memory: Memory) =>
  doing(async () => {
    await call("delete", { ...named(), key: memory.key });
    found.value = (found.value ?? []).filter((one) => one.key !== memory.key);
    shown.value = null;
    done(`Deleted “${memory.key}”.`, `deleted the memory ${JSON.stringify(memory.key)}`);
  });

function done(what: string, forModel: string): void {
  said.value = { text: what, failed: false };
  changes.push(forModel);
  tellModel(`In the page beside the result, the person ${changes.join("; then ")}.`);
}
