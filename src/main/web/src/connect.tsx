/** What makes a client use this memory: a text for its configuration. */
import { useEffect, useState } from "preact/hooks";
import { ask } from "./api";
import { about, fail, say } from "./state";
import { Icon } from "./ui";

const NAMES: Record<string, string> = {
  "claude-desktop": "Claude Desktop",
  "claude-code": "Claude Code",
  cursor: "Cursor",
  vscode: "VS Code",
  codex: "Codex",
  gemini: "Gemini CLI",
};

export function ConnectView() {
  const [entries, setEntries] = useState<Record<string, string> | undefined>(undefined);
  useEffect(() => {
    ask<{ entries: Record<string, string> }>("clients").then((answer) => setEntries(answer.entries), fail);
  }, []);
  if (entries === undefined) return <main class="page" aria-busy="true" />;
  const local = Object.entries(entries);
  return (
    <main class="page narrow">
      <header class="page-head">
        <div>
          <h1>Connect a client</h1>
          <p class="muted">
            {local.length > 0
              ? "Every client on this machine that has this entry shares this one memory."
              : "Every client that has this entry and a token shares this one memory."}
          </p>
        </div>
      </header>
      {local.length > 0 ? (
        local.map(([label, text]) => (
          <Snippet key={label} title={NAMES[label] ?? label} text={text} hint={`unified-memory client add ${label}`} />
        ))
      ) : (
        <>
          <Snippet
            title="Clients with a JSON configuration"
            text={JSON.stringify(
              {
                mcpServers: {
                  "unified-memory": {
                    type: "http",
                    url: `${location.origin}/mcp`,
                    headers: { Authorization: "Bearer YOUR-TOKEN" },
                  },
                },
              },
              null,
              2,
            )}
          />
          <Snippet
            title="Claude Code"
            text={`claude mcp add --transport http unified-memory ${location.origin}/mcp \\\n  --header "Authorization: Bearer YOUR-TOKEN"`}
          />
          <p class="muted">
            {about.value?.tokens && (
              <>
                A token is made under <a href="#/tokens">Tokens</a>, or where the server runs:{" "}
              </>
            )}
            {!about.value?.tokens && "A token is made where the server runs: "}
            <code>unified-memory token create --user YOU --name LAPTOP</code>
          </p>
        </>
      )}
    </main>
  );
}

function Snippet({ title, text, hint }: { title: string; text: string; hint?: string }) {
  return (
    <section class="card">
      <header>
        <h2>{title}</h2>
        <button
          type="button"
          class="quiet"
          aria-label={`Copy the entry for ${title}`}
          onClick={() => navigator.clipboard.writeText(text).then(() => say("Copied."), fail)}
        >
          <Icon name="copy" /> Copy
        </button>
      </header>
      <pre tabIndex={0} aria-label={`The entry for ${title}`}>
        {text}
      </pre>
      {hint && (
        <p class="muted small">
          or let it be written: <code>{hint}</code>
        </p>
      )}
    </section>
  );
}
