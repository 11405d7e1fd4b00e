/**
 * The client of MCP in which this page is shown. They talk as MCP Apps has it (io.modelcontextprotocol/ui, 2026-01-26):
 * JSON-RPC 2.0 in messages between the windows.
 */
import { signal } from "@preact/signals";

const REVISION = "2026-01-26";
const METHOD_NOT_FOUND = -32601;

/** What the client says of the place where the page is shown. Each field may be missing. */
export interface Place {
  theme?: "light" | "dark";
  styles?: { variables?: Record<string, string | undefined> };
  displayMode?: string;
  availableDisplayModes?: string[];
  containerDimensions?: { height?: number; maxHeight?: number };
}

interface Capabilities {
  serverTools?: object;
  updateModelContext?: object;
}

export interface ToolResult {
  content?: { type: string; text?: string }[];
  structuredContent?: unknown;
  isError?: boolean;
}

interface Message {
  jsonrpc: "2.0";
  id?: string | number;
  method?: string;
  params?: Record<string, unknown>;
  result?: unknown;
  error?: { code: number; message: string };
}

export const place = signal<Place>({});
/** Whether the client calls tools for the page. */
export const callsTools = signal(false);

let tellsModel = false;
let lastId = 0;
const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (reason: Error) => void }>();
const listeners: Record<string, (params: Record<string, unknown>) => void> = {
  "ui/notifications/host-context-changed": (changed) => (place.value = { ...place.value, ...changed }),
};

/** Which window this is shown in is not known before it speaks; the page holds nothing that another one had not given it. */
function send(message: Omit<Message, "jsonrpc">): void {
  window.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
}

function ask<T>(method: string, params: object): Promise<T> {
  const id = ++lastId;
  send({ id, method, params: params as Record<string, unknown> });
  return new Promise((resolve, reject) => waiting.set(id, { resolve: resolve as (result: unknown) => void, reject }));
}

function receive({ id, method, params, result, error }: Message): void {
  if (method !== undefined && id !== undefined) {
    const known = method === "ping" || method === "ui/resource-teardown";
    send(known ? { id, result: {} } : { id, error: { code: METHOD_NOT_FOUND, message: "Method not found" } });
  } else if (method !== undefined) {
    listeners[method]?.(params ?? {});
  } else {
    const question = waiting.get(Number(id));
    waiting.delete(Number(id));
    if (error) question?.reject(new Error(error.message));
    else question?.resolve(result);
  }
}

/** Listens to what the client tells by itself. To be called before {@link connect}. */
export function on(notification: string, listener: (params: Record<string, unknown>) => void): void {
  listeners[`ui/notifications/${notification}`] = listener;
}

/** Begins to talk with the client, which tells everything else from then on. */
export async function connect(): Promise<void> {
  window.addEventListener("message", (event: MessageEvent<Message>) => {
    if (event.source === window.parent && event.data?.jsonrpc === "2.0") receive(event.data);
  });
  const hello = await ask<{ hostContext?: Place; hostCapabilities?: Capabilities }>("ui/initialize", {
    protocolVersion: REVISION,
    appInfo: { name: "unified-memory", title: "Unified Memory", version: "1" },
    appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] },
  });
  place.value = hello.hostContext ?? {};
  callsTools.value = hello.hostCapabilities?.serverTools !== undefined;
  tellsModel = hello.hostCapabilities?.updateModelContext !== undefined;
  send({ method: "ui/notifications/initialized", params: {} });
}

/** Calls a tool of the server this page is from; throws what it says when it fails. */
export async function call<T>(name: string, given: object): Promise<T> {
  const result = await ask<ToolResult>("tools/call", { name, arguments: given });
  if (result.isError) throw new Error(textOf(result));
  return result.structuredContent as T;
}

/** What a result says in words. */
export function textOf(result: ToolResult): string {
  return (result.content ?? []).map((part) => part.text ?? "").join("\n");
}

/** Lets the model know what a person did here, which it could not know otherwise. What was told before is replaced. */
export function tellModel(text: string): void {
  if (tellsModel) void ask("ui/update-model-context", { content: [{ type: "text", text }] }).catch(() => undefined);
}

/** Asks for more room. The client answers with the mode that it has chosen. */
export async function enlarge(): Promise<void> {
  const { mode } = await ask<{ mode: string }>("ui/request-display-mode", { mode: "fullscreen" });
  place.value = { ...place.value, displayMode: mode };
}

/** Tells the client the height of an element from now on, so that all of it can be seen. */
export function reportHeight(element: HTMLElement): void {
  let last = 0;
  new ResizeObserver(() => {
    const height = Math.ceil(element.getBoundingClientRect().height);
    if (height !== last) send({ method: "ui/notifications/size-changed", params: { height } });
    last = height;
  }).observe(element);
}
