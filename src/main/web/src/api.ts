/** What the page asks its server: see io.unifiedmemory.browser for the questions. */

/** A question that was not answered; the message is for the person. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** A server lets one token ask so much in a second; what comes too fast waits as long as it says. */
const TRIES = 5;
const LONGEST_WAIT_S = 10;

async function send(path: string, method: string, init: RequestInit, tries = TRIES): Promise<Response> {
  const headers = { "X-Unified-Memory": "page", ...(init.headers as Record<string, string>) };
  let response: Response;
  try {
    response = await fetch(`/api/${path}`, { ...init, method, headers, credentials: "same-origin", cache: "no-store" });
  } catch (e) {
    if (e instanceof DOMException && e.name === "AbortError") throw e;
    throw new Failure("The server does not answer. Is it still running?", 0);
  }
  if (response.ok) return response;
  const wait = Number(response.headers.get("Retry-After"));
  if (response.status === 429 && tries > 0 && wait <= LONGEST_WAIT_S) {
    await new Promise((over) => window.setTimeout(over, wait * 1000));
    return send(path, method, init, tries - 1);
  }
  let message = `The server answered ${response.status}.`;
  try {
    message = ((await response.json()) as { error: { message: string } }).error.message;
  } catch {
    // An answer of something in between, such as a proxy: its status has to do.
  }
  throw new Failure(message, response.status);
}

/** Asks one question. */
export async function ask<T>(name: string, question: object = {}, signal?: AbortSignal): Promise<T> {
  const body = JSON.stringify(question);
  const response = await send(name, "POST", {
    body,
    headers: { "Content-Type": "application/json" },
    ...(signal ? { signal } : {}),
  });
  return (await response.json()) as T;
}

/** Calls a tool, as a client of MCP does. */
export function call<T>(tool: string, given: object, signal?: AbortSignal): Promise<T> {
  return ask<T>("call", { tool, arguments: given }, signal);
}

/** Lets the browser keep a token, or what a one-time link stands for, where no script can read it. */
export async function signIn(token: string): Promise<void> {
  await send("session", "POST", { headers: { Authorization: `Bearer ${token}` } });
}

export async function signOut(): Promise<void> {
  await send("session", "DELETE", {});
}

/** Gets a file; says meanwhile how many bytes have come. */
export async function download(name: string, question: object, progress: (bytes: number) => void): Promise<Blob> {
  const response = await send(name, "POST", {
    body: JSON.stringify(question),
    headers: { "Content-Type": "application/json" },
  });
  const parts: BlobPart[] = [];
  let bytes = 0;
  await read(response, (part) => {
    parts.push(part);
    progress((bytes += part.length));
  });
  return new Blob(parts);
}

/** Sends a file behind a line that says what to do with it; the answer comes line by line. */
export async function upload(name: string, said: object, file: Blob, line: (json: unknown) => void): Promise<void> {
  const response = await send(name, "POST", {
    body: new Blob([JSON.stringify(said), "\n", file]),
    headers: { "Content-Type": "application/octet-stream" },
  });
  const decoder = new TextDecoder();
  let rest = "";
  await read(response, (part) => {
    const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const one of lines) line(JSON.parse(one));
  });
}

async function read(response: Response, take: (part: Uint8Array<ArrayBuffer>) => void): Promise<void> {
  const reader = response.body!.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) take(part.value);
  } catch (e) {
    if (e instanceof DOMException && e.name === "AbortError") throw e;
    throw new Failure("The answer broke off. Is the server still running?", 0);
  }
}

export interface About {
  version: string;
  writes: boolean;
  everybody: boolean;
  /** Names the token that lets this caller in; "local" for the person at the server's machine. */
  caller: string;
  user_id?: string;
  /** Whether what is replaced or deleted is kept for a while. */
  history: boolean;
  /** Whether this caller may make and revoke tokens. */
  tokens: boolean;
  /** Of each tool that may be called the names of its arguments. */
  tools: Record<string, string[]>;
  /** A server that keeps no memories of its own takes files of 0 bytes, and has nothing to export. */
  limits: { name_chars: number; value_bytes: number; metadata_bytes: number; file_bytes: number };
}

export type Metadata = Record<string, unknown>;

export interface Entry {
  user_id: string;
  key: string;
  value: string;
  metadata: Metadata;
  created_at?: string;
  updated_at?: string;
  expires_at?: string;
  written_by?: unknown;
  truncated?: boolean;
  value_chars?: number;
}

export interface Hit extends Entry {
  score: number;
  backends: string[];
  source?: boolean;
  matched?: { fields: string[]; words: string[]; snippet?: string };
}

export interface Found {
  results: Hit[];
  complete: boolean;
  problems?: Record<string, string>;
  next_cursor?: string;
  note?: string;
}

export interface Copy {
  backend: string;
  type: string;
  state: "current" | "outdated" | "missing" | "gone" | "unknown";
  owed: number;
  updated_at?: string;
  problem?: string;
}

/** A whole memory, text and metadata, however long they are. Null when there is none. */
export async function whole(user: string, key: string, signal?: AbortSignal): Promise<Entry | null> {
  return (await ask<{ entry?: Entry }>("memory", { user_id: user, key }, signal)).entry ?? null;
}
