/** Memories as files: out of here, and in from here and from other programs. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { download, upload } from "./api";
import { changes } from "./memories";
import { about, fail, refreshUsers, say, user, users, writes } from "./state";
import { Shown, count, megabytes, shownText } from "./text";

const EXPORTS = {
  jsonl: { label: "Archive, with nothing lost (JSON Lines)", ending: "jsonl" },
  okf: { label: "Folder of Markdown files (ZIP, Open Knowledge Format)", ending: "zip" },
  csv: { label: "Table (CSV)", ending: "csv" },
  markdown: { label: "Document to read (Markdown)", ending: "md" },
};

const IMPORTS: Record<string, string> = {
  jsonl: "Archive of this program",
  okf: "Open Knowledge Format",
  csv: "CSV",
  markdown: "Markdown",
  "server-memory": "server-memory (memory.jsonl)",
  table: "Table of a SQLite database",
  mem0: "mem0, OpenMemory",
  chatgpt: "ChatGPT",
  claude: "Claude",
};

const CONFLICTS = {
  newest: "What is newer counts",
  skip: "What is there stays",
  overwrite: "The file counts",
};

export function TransferView() {
  return (
    <main class="page narrow">
      <header class="page-head">
        <div>
          <h1>Import and export</h1>
          <p class="muted">What is remembered is yours: take it along, and bring in what other programs kept.</p>
        </div>
      </header>
      {writes.value && <Import />}
      <Export />
    </main>
  );
}

function Export() {
  const [format, setFormat] = useState<keyof typeof EXPORTS>("jsonl");
  const [everybody, setEverybody] = useState(false);
  const [history, setHistory] = useState(true);
  const [bytes, setBytes] = useState<number | undefined>(undefined);
  const several = about.value!.everybody || users.value.length > 1;

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    setBytes(0);
    try {
      const whose = everybody ? {} : { user_id: user.value };
      const file = await download("export", { format, history, ...whose }, setBytes);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      const day = new Date().toISOString().slice(0, 10);
      link.download = `memories-${everybody ? "all" : shownText(user.value)}-${day}.${EXPORTS[format].ending}`;
      link.click();
      // The browser has taken it over once it has begun to write it.
      window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      say(`Exported ${megabytes(file.size)}.`);
    } catch (e) {
      fail(e);
    }
    setBytes(undefined);
  }

  return (
    <section class="card" aria-labelledby="export-title">
      <h2 id="export-title">Export</h2>
      <form class="form" onSubmit={(event) => void save(event)}>
        <Field id="export-format" label="As">
          <select
            id="export-format"
            value={format}
            onChange={(event) => setFormat(event.currentTarget.value as keyof typeof EXPORTS)}
          >
            {Object.entries(EXPORTS).map(([name, { label }]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </Field>
        {several && (
          <Field id="export-users" label="Whose">
            <select
              id="export-users"
              value={everybody ? "all" : "one"}
              onChange={(event) => setEverybody(event.currentTarget.value === "all")}
            >
              <option value="one">Memories of {shownText(user.value)}</option>
              <option value="all">Memories of everybody</option>
            </select>
          </Field>
        )}
        {format === "jsonl" && (
          <label class="check">
            <input
              type="checkbox"
              checked={history}
              onChange={(event) => setHistory(event.currentTarget.checked)}
            />
            With texts that were replaced or deleted
          </label>
        )}
        <p class="row-actions">
          <button type="submit" class="primary" disabled={bytes !== undefined || (user.value === "" && !everybody)}>
            Export
          </button>
          {bytes !== undefined && (
            <span class="muted" role="status">
              {megabytes(bytes)} so far…
            </span>
          )}
        </p>
      </form>
    </section>
  );
}

interface Report {
  memories: Record<"new" | "newer" | "equal" | "older" | "skipped", number>;
  deleted: number;
  revisions: { taken: number; skipped: number };
  passed_over: number;
  unreadable: number;
  places: { place: string; reason: string }[];
  remarks: Record<string, number>;
}

type Line = { done: number; fraction: number } | { report: Report } | { error: { message: string } };

interface Done {
  dry: boolean;
  report: Report;
}

function Import() {
  const [file, setFile] = useState<File | undefined>(undefined);
  const [owner, setOwner] = useState(user.value);
  const [only, setOnly] = useState(!about.value!.everybody);
  const [conflict, setConflict] = useState("newest");
  const [format, setFormat] = useState("");
  const [running, setRunning] = useState<number | undefined>(undefined);
  const [done, setDone] = useState<Done | undefined>(undefined);
  const [problem, setProblem] = useState("");
  const most = about.value!.limits.file_bytes;

  /** What was said of the file does not hold for anything else. */
  function anew<T>(set: (value: T) => void): (value: T) => void {
    return (value) => {
      set(value);
      setDone(undefined);
      setProblem("");
    };
  }

  function choose(chosen: File | undefined): void {
    anew(setFile)(chosen);
    if (chosen && chosen.size > most) {
      setFile(undefined);
      setProblem(
        `${chosen.name} has ${megabytes(chosen.size)}, and a page may send ${megabytes(most)} here: pack it as ZIP, or` +
          " import it where the server runs, with unified-memory import FILE.",
      );
    }
  }

  async function send(dry: boolean): Promise<void> {
    setRunning(0);
    setProblem("");
    const said = {
      name: file!.name,
      modified: file!.lastModified,
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      user_id: owner.trim(),
      only_user: only,
      on_conflict: conflict,
      dry_run: dry,
      ...(format === "" ? {} : { format }),
    };
    let ended = false;
    try {
      await upload("import", said, file!, (json) => {
        const line = json as Line;
        if ("done" in line) setRunning(line.fraction);
        ended ||= !("done" in line);
        if ("error" in line) setProblem(line.error.message);
        if ("report" in line) setDone({ dry, report: line.report });
      });
      if (!ended) setProblem("The import broke off. What was written stays; import the file again for the rest.");
    } catch (e) {
      setProblem(e instanceof Error ? e.message : String(e));
    }
    setRunning(undefined);
    if (!dry) {
      changes.value++;
      await refreshUsers().catch(fail);
    }
  }

  const writesSome =
    done !== undefined && done.report.memories.new + done.report.memories.newer + done.report.deleted > 0;
  return (
    <section class="card" aria-labelledby="import-title">
      <h2 id="import-title">Import</h2>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void send(true);
        }}
      >
        <Field id="import-file" label="File">
          <input
            id="import-file"
            type="file"
            aria-describedby="import-kinds"
            onChange={(event) => choose(event.currentTarget.files?.[0])}
          />
          <p id="import-kinds" class="muted small">
            An export of this program, or what server-memory, mem0, OpenMemory, mcp-memory-service, ChatGPT, Claude or a
            notebook in Markdown kept; a folder as ZIP. At most {megabytes(most)}.
          </p>
        </Field>
        <Field id="import-owner" label="Memories that name no user are for">
          <input
            id="import-owner"
            required
            value={owner}
            readOnly={!about.value!.everybody && users.value.length === 1}
            onInput={(event) => anew(setOwner)(event.currentTarget.value)}
          />
        </Field>
        {(about.value!.everybody || users.value.length > 1) && (
          <label class="check">
            <input type="checkbox" checked={only} onChange={(event) => anew(setOnly)(event.currentTarget.checked)} />
            Leave out memories of other users
          </label>
        )}
        <Field id="import-conflict" label="Where a key is there already">
          <select
            id="import-conflict"
            value={conflict}
            onChange={(event) => anew(setConflict)(event.currentTarget.value)}
          >
            {Object.entries(CONFLICTS).map(([name, label]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </Field>
        <Field id="import-format" label="What the file is">
          <select id="import-format" value={format} onChange={(event) => anew(setFormat)(event.currentTarget.value)}>
            <option value="">Find out</option>
            {Object.entries(IMPORTS).map(([name, label]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </Field>
        {problem && (
          <p class="problem" role="alert">
            <Shown text={problem} />
          </p>
        )}
        {done && <Outcome done={done} />}
        {running !== undefined && <progress max={1} value={running} aria-label="How far the import is" />}
        <p class="row-actions">
          {done?.dry && writesSome ? (
            <button type="button" class="primary" disabled={running !== undefined} onClick={() => void send(false)}>
              Import
            </button>
          ) : (
            <button type="submit" class="primary" disabled={file === undefined || running !== undefined}>
              See what it would do
            </button>
          )}
        </p>
      </form>
    </section>
  );
}

function Outcome({ done: { dry, report } }: { done: Done }) {
  const { memories } = report;
  const counts: [number, string][] = [
    [memories.new, dry ? "would be new" : "are new"],
    [memories.newer, dry ? "would replace what is there" : "replaced what was there"],
    [report.deleted, dry ? "would be deleted" : "were deleted"],
    [memories.equal, "are there already"],
    [memories.older, "are older than what is there"],
    [memories.skipped, "stay as they are here"],
    [report.revisions.taken, dry ? "earlier texts would come into the history" : "earlier texts came into the history"],
    [report.revisions.skipped, "earlier texts are known, or not kept here"],
    [report.passed_over, "belong to others, and are left out"],
    [report.unreadable, "cannot be read"],
  ];
  const shown = counts.filter(([n]) => n > 0);
  const remarks = Object.entries(report.remarks);
  return (
    <div class="outcome" role="status">
      <p class="strong">{dry ? "This is what the import would do" : "Imported"}</p>
      {shown.length === 0 && <p class="muted">There is no memory in it.</p>}
      <ul>
        {shown.map(([n, words]) => (
          <li key={words}>
            <strong>{n.toLocaleString("en")}</strong> {words}
          </li>
        ))}
      </ul>
      {report.places.length > 0 && (
        <ul class="letters" tabIndex={0} aria-label="What cannot be read">
          {report.places.map(({ place, reason }, at) => (
            <li key={at}>
              <strong>
                <Shown text={place} />
              </strong>{" "}
              <Shown text={reason} />
            </li>
          ))}
          {report.places.length < report.unreadable && (
            <li class="muted">and {count(report.unreadable - report.places.length, "other place")}</li>
          )}
        </ul>
      )}
      {remarks.length > 0 && (
        <ul class="muted small">
          {remarks.map(([what, n]) => (
            <li key={what}>
              {n.toLocaleString("en")} <Shown text={what} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Field({ id, label, children }: { id: string; label: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
    </div>
  );
}
