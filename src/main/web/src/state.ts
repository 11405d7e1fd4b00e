/** What the whole page shares: who looks, at whose memories, at which view, and what was just said. */
import { computed, effect, signal } from "@preact/signals";
import { type About, Failure, ask, signIn } from "./api";

export const VIEWS = {
  memories: "Memories",
  timeline: "Timeline",
  backends: "Backends",
  transfer: "Import and export",
  tokens: "Tokens",
  connect: "Connect",
};
export type View = keyof typeof VIEWS;

export const about = signal<About | null>(null);
/** Why nobody is let in at present; empty while somebody is. */
export const refusal = signal<string | null>(null);
export const user = signal<string>("");
export const users = signal<string[]>([]);
export const view = signal<View>("memories");

export const writes = computed(() => about.value?.writes === true);
/** The views of this caller: what nobody here may do is not shown. */
export const views = computed(() =>
  (Object.keys(VIEWS) as View[]).filter((name) => {
    if (name === "transfer" || name === "timeline") return (about.value?.limits.file_bytes ?? 0) > 0;
    return name !== "tokens" || about.value?.tokens === true;
  }),
);

/** Whether the server has a tool, and the tool that argument: what it does not offer is not shown. */
export function offers(tool: string, argument?: string): boolean {
  const names = about.value?.tools[tool];
  return names !== undefined && (argument === undefined || names.includes(argument));
}

export interface Notice {
  text: string;
  kind: "done" | "failed";
  action?: { label: string; run: () => void };
}

export const notice = signal<Notice | null>(null);
let fading = 0;

/** Says something, for a while: longer when something can be done about it. */
export function say(text: string, action?: Notice["action"], kind: Notice["kind"] = "done"): void {
  window.clearTimeout(fading);
  notice.value = action ? { text, kind, action } : { text, kind };
  fading = window.setTimeout(() => (notice.value = null), action ? 12_000 : kind === "failed" ? 9_000 : 4_000);
}

/** Says why something could not be done, or asks to sign in again where that is why. */
export function fail(e: unknown): void {
  if (e instanceof DOMException && e.name === "AbortError") return;
  if (e instanceof Failure && e.status === 401) {
    about.value = null;
    refusal.value = e.message;
  } else {
    say(e instanceof Error ? e.message : String(e), undefined, "failed");
  }
}

/** Opens the page: with the code of a one-time link, if there is one, which must not stay in the address. */
export async function open(): Promise<void> {
  const fragment = location.hash.slice(1);
  if (fragment !== "" && !fragment.startsWith("/")) {
    history.replaceState(null, "", "/");
    try {
      await signIn(fragment);
    } catch (e) {
      // A link that was used already: whoever used it here before is still let in.
      if (!(e instanceof Failure) || e.status !== 401) throw e;
    }
  }
  await enter();
}

/** Finds out who looks, and begins with the most likely user. */
export async function enter(): Promise<void> {
  try {
    const [answer, { users: known }] = await Promise.all([ask<About>("about"), ask<{ users: string[] }>("users")]);
    users.value = answer.user_id && !known.includes(answer.user_id) ? [answer.user_id, ...known] : known;
    user.value = remembered(users.value) ?? answer.user_id ?? known[0] ?? "";
    refusal.value = null;
    about.value = answer;
  } catch (e) {
    if (e instanceof Failure) refusal.value = e.message;
    else throw e;
  }
}

const USER = "unified-memory.user";

function remembered(known: string[]): string | undefined {
  const last = sessionStorage.getItem(USER);
  return last !== null && known.includes(last) ? last : undefined;
}

/** Finds out whom there is to look at, after memories of others may have come. */
export async function refreshUsers(): Promise<void> {
  users.value = [...new Set([...(await ask<{ users: string[] }>("users")).users, ...users.value])].sort();
  if (user.value === "" && users.value[0] !== undefined) look(users.value[0]);
}

export function look(at: string): void {
  if (!users.value.includes(at)) users.value = [...users.value, at].sort();
  sessionStorage.setItem(USER, at);
  user.value = at;
}

function route(): void {
  const named = location.hash.replace("#/", "");
  view.value = named in VIEWS ? (named as View) : "memories";
}

window.addEventListener("hashchange", route);
route();

export type Theme = "auto" | "light" | "dark";
const THEME = "unified-memory.theme";
export const theme = signal<Theme>((localStorage.getItem(THEME) as Theme | null) ?? "auto");
effect(() => {
  localStorage.setItem(THEME, theme.value);
  document.documentElement.dataset.theme = theme.value;
});
