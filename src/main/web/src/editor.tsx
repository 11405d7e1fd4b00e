/** Writing a new memory, and correcting one that is there. */
import { useEffect, useState } from "preact/hooks";
import { type Entry, type Metadata, whole } from "./api";
import { edited, store } from "./memories";
import { about, fail, offers, user } from "./state";
import { count } from "./text";
import { Dialog } from "./ui";

const BYTES = new TextEncoder();

export function Editor() {
  const at = edited.value;
  return at ? <Form entry={at.entry} /> : null;
}

/** A time as a field of the page has it, by the clock of this browser. */
function local(time: string): string {
  const at = new Date(time);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function Form({ entry }: { entry: Entry | null }) {
  const [key, setKey] = useState(entry?.key ?? "");
  const [value, setValue] = useState(entry?.value ?? "");
  const [metadata, setMetadata] = useState(entry ? JSON.stringify(entry.metadata, null, 2) : "{}");
  const [expires, setExpires] = useState(entry?.expires_at ? local(entry.expires_at) : "");
  const [wait, setWait] = useState(entry?.truncated === true);
  const [problem, setProblem] = useState("");
  const close = () => (edited.value = null);

  // What is shown of a long text is its beginning; all of it is needed before any of it is changed.
  useEffect(() => {
    if (!entry?.truncated) return;
    const asked = new AbortController();
    whole(user.value, entry.key, asked.signal).then((all) => {
      setValue(all?.value ?? "");
      setMetadata(JSON.stringify(all?.metadata ?? {}, null, 2));
      setWait(false);
    }, fail);
    return () => asked.abort();
  }, []);

  const most = about.value?.limits.value_bytes ?? Infinity;
  const bytes = BYTES.encode(value).length;

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    let parsed: Metadata;
    try {
      parsed = JSON.parse(metadata === "" ? "{}" : metadata) as Metadata;
      if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed)) throw new Error();
    } catch {
      setProblem('The metadata must be an object of JSON, such as {"project": "tea"}.');
      return;
    }
    setWait(true);
    try {
      await store(key, value, parsed, expires === "" ? undefined : new Date(expires).toISOString());
      close();
    } catch (e) {
      setProblem(e instanceof Error ? e.message : String(e));
      setWait(false);
    }
  }

  return (
    <Dialog title={entry ? "Edit memory" : "New memory"} onClose={close}>
      <form class="editor" onSubmit={(event) => void save(event)}>
        <label for="editor-key">Key</label>
        <input
          id="editor-key"
          value={key}
          readOnly={entry !== null}
          autofocus={entry === null}
          maxLength={about.value?.limits.name_chars}
          placeholder="such as project-x/deadline"
          required
          onInput={(event) => setKey(event.currentTarget.value)}
        />
        <label for="editor-value">Text</label>
        <textarea
          id="editor-value"
          rows={10}
          autofocus={entry !== null}
          dir="auto"
          value={value}
          required
          onInput={(event) => setValue(event.currentTarget.value)}
        />
        <label for="editor-metadata">Metadata</label>
        <textarea
          id="editor-metadata"
          class="code"
          rows={3}
          spellcheck={false}
          value={metadata}
          onInput={(event) => setMetadata(event.currentTarget.value)}
        />
        {offers("store", "expires_at") && (
          <>
            <label for="editor-expires">Forget on</label>
            <input
              id="editor-expires"
              type="datetime-local"
              value={expires}
              onInput={(event) => setExpires(event.currentTarget.value)}
            />
          </>
        )}
        {problem && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        {bytes > most && (
          <p class="problem" role="alert">
            {count(bytes, "byte")} are more than the {most.toLocaleString("en")} that a memory may have.
          </p>
        )}
        <footer>
          <button type="button" class="quiet" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={wait || bytes > most}>
            Save
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
