/** The page that a client of MCP shows beside the result of search and get_all: the memories found, and one of them whole. */
import "../style.css";
import "./app.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { About, Facts, Why } from "../facts";
import { Shown, ago, count } from "../text";
import { Empty, Icon } from "../ui";
import {
  type Memory,
  busy,
  found,
  gaps,
  goesOn,
  query,
  readOn,
  readText,
  remove,
  replace,
  said,
  search,
  show,
  shown,
  takeQuestion,
  takeResult,
  user,
} from "./found";
import { type ToolResult, callsTools, connect, enlarge, on, place, reportHeight } from "./host";
import { dress } from "./theme";

/** How many memories show at first: the page is a part of a conversation, and must not push it away. */
const FEW = 5;
/** More of a text than a row can show. */
const PREVIEW = 220;

function Page() {
  const large = place.value.displayMode === "fullscreen";
  return (
    <main class={`app${large || place.value.containerDimensions?.height !== undefined ? " filled" : ""}`} aria-busy={busy.value}>
      <Head large={large} />
      <p class={said.value?.failed ? "said failed" : "said"} role="status">
        {said.value && <Shown text={said.value.text} />}
      </p>
      {shown.value ? <One key={shown.value.memory.key} /> : <List large={large} />}
    </main>
  );
}

function Head({ large }: { large: boolean }) {
  return (
    <header class="app-head">
      <span class="app-title">
        Memories
        {user.value !== undefined && (
          <span class="muted">
            {" of "}
            <Shown text={user.value} />
          </span>
        )}
      </span>
      {callsTools.value && (
        <label class="search">
          <Icon name="search" />
          <input
            type="search"
            placeholder="Search in plain words"
            aria-label="Search memories"
            value={query.value}
            onInput={(event) => (query.value = event.currentTarget.value)}
            onKeyDown={(event) => event.key === "Enter" && void search()}
          />
        </label>
      )}
      {!large && place.value.availableDisplayModes?.includes("fullscreen") && (
        <button type="button" class="quiet" onClick={() => void enlarge().catch(() => undefined)}>
          Enlarge
        </button>
      )}
    </header>
  );
}

function List({ large }: { large: boolean }) {
  const [all, setAll] = useState(large);
  const memories = found.value;
  if (memories === null) return <Empty title="Looking…" />;
  if (memories.length === 0) return said.value?.failed ? null : <Empty title="Nothing is remembered of it">Other words may find it.</Empty>;
  const few = all || large ? memories : memories.slice(0, FEW);
  const lacking = Object.keys(gaps.value);
  return (
    <>
      {lacking.length > 0 && (
        <p class="gaps">
          Not complete: {lacking.join(", ")} {lacking.length === 1 ? "was" : "were"} not heard.
        </p>
      )}
      <ul class="app-list" aria-label="Memories">
        {few.map((memory, i) => (
          <li key={memory.key}>
            <Row memory={memory} rank={i + 1} />
          </li>
        ))}
      </ul>
      <p class="app-foot">
        <span class="muted">
          {count(memories.length, "memory", "memories")}
          {goesOn.value && " so far"}
        </span>
        {few.length < memories.length ? (
          <button type="button" class="quiet" onClick={() => setAll(true)}>
            Show all
          </button>
        ) : (
          goesOn.value &&
          callsTools.value && (
            <button type="button" class="quiet" disabled={busy.value} onClick={() => (setAll(true), void readOn())}>
              Show more
            </button>
          )
        )}
      </p>
    </>
  );
}

function Row({ memory, rank }: { memory: Memory; rank: number }) {
  const words = memory.matched?.words ?? [];
  const text = memory.matched?.snippet?.replaceAll("**", "") ?? memory.value;
  return (
    <button type="button" class="app-row" onClick={() => show(memory, rank, callsTools.value)}>
      <span class="row-head">
        <span class="row-key">
          <Shown text={memory.key} words={words} />
        </span>
        {memory.updated_at && <span class="row-time">{ago(memory.updated_at)}</span>}
      </span>
      <span class="row-text">
        <Shown text={text.slice(0, PREVIEW)} words={words} />
      </span>
    </button>
  );
}

/** What somebody is about to do with the memory that is shown. */
type Intent = "nothing" | "edit" | "replace" | "delete";

function One() {
  const [intent, setIntent] = useState<Intent>("nothing");
  const [text, setText] = useState("");
  const { memory, rank, next, source } = shown.value!;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const whole = next === undefined && memory.truncated !== true && memory.metadata !== undefined;
  const words = memory.matched?.words ?? [];
  return (
    <article class="app-one">
      <header class="detail-head">
        <button type="button" class="quiet" onClick={() => (shown.value = null)}>
          <Icon name="back" /> All memories
        </button>
        {callsTools.value && !memory.source && intent === "nothing" && (
          <div class="actions">
            {whole && (
              <button type="button" class="quiet" onClick={() => (setText(memory.value), setIntent("edit"))}>
                <Icon name="edit" /> Edit
              </button>
            )}
            <button type="button" class="quiet danger" onClick={() => setIntent("delete")}>
              <Icon name="trash" /> Delete
            </button>
          </div>
        )}
      </header>
      <h2 ref={heading} tabIndex={-1}>
        <Shown text={memory.key} words={words} />
      </h2>
      {intent === "delete" && (
        <Question
          text="Delete this memory in every backend?"
          yes="Delete"
          danger
          onYes={() => void remove(memory)}
          onNo={() => setIntent("nothing")}
        />
      )}
      {intent === "edit" || intent === "replace" ? (
        <>
          <textarea
            aria-label="Text"
            dir="auto"
            rows={8}
            value={text}
            readOnly={intent === "replace"}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          {intent === "replace" ? (
            <Question
              text="Replace what is remembered by this text, in every backend?"
              yes="Replace"
              onYes={() => (setIntent("nothing"), void replace(memory, text))}
              onNo={() => setIntent("edit")}
            />
          ) : (
            <p class="app-buttons">
              <button type="button" class="quiet" onClick={() => setIntent("nothing")}>
                Cancel
              </button>
              <button type="button" class="primary" disabled={text === "" || text === memory.value} onClick={() => setIntent("replace")}>
                Save…
              </button>
            </p>
          )}
        </>
      ) : (
        <div class="value" dir="auto">
          <Shown text={memory.value} words={words} />
        </div>
      )}
      {next !== undefined && (
        <p class="rest">
          {count(memory.value.length, "character")} of {(memory.value_chars ?? 0).toLocaleString("en")} are shown.{" "}
          <button type="button" disabled={busy.value} onClick={() => void readText()}>
            Read on
          </button>
        </p>
      )}
      <Why hit={memory} rank={rank} />
      {memory.updated_at && <About entry={memory} source={source ?? memory.backends?.join(", ")} />}
      {memory.metadata && <Facts metadata={memory.metadata} />}
    </article>
  );
}

/** Asks before something is changed. Nothing is done without a second press. */
function Question(props: { text: string; yes: string; danger?: boolean; onYes: () => void; onNo: () => void }) {
  const no = useRef<HTMLButtonElement>(null);
  useEffect(() => no.current?.focus(), []);
  return (
    <div class="app-question" role="alertdialog" aria-label={props.text}>
      <p>{props.text}</p>
      <p class="app-buttons">
        <button ref={no} type="button" onClick={props.onNo}>
          Keep it
        </button>
        <button type="button" class={props.danger ? "primary danger" : "primary"} onClick={props.onYes}>
          {props.yes}
        </button>
      </p>
    </div>
  );
}

on("tool-input", ({ arguments: given }) => takeQuestion((given ?? {}) as Record<string, unknown>));
on("tool-result", (result) => takeResult(result as ToolResult));
on("tool-cancelled", () => {
  found.value = [];
  said.value = { text: "The call was cancelled.", failed: true };
});
effect(() => dress(place.value));

const page = document.getElementById("page")!;
render(<Page />, page);
await connect();
reportHeight(page);
