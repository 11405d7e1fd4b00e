/** How many memories there are and came to be, day by day. */
import { useEffect, useState } from "preact/hooks";
import { ask } from "./api";
import { NO_FILTERS, filters, query } from "./memories";
import { fail, user } from "./state";
import { Shown, count } from "./text";
import { Empty } from "./ui";

interface Day {
  /** Such as 2026-03-01, by the clock of this browser. */
  day: string;
  created: number;
  changed: number;
}

/** Some days in a row as one column of a chart. */
interface Column {
  from: string;
  to: string;
  created: number;
  changed: number;
  /** How many of today's memories there were at its end. */
  total: number;
}

const DAY_MS = 86_400_000;
const SPANS: Record<string, string> = { 30: "30 days", 90: "90 days", 365: "a year", 0: "all" };
/** More columns are hardly to be told apart. */
const MOST_COLUMNS = 92;
const SHOWN = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

function shown(day: string): string {
  return SHOWN.format(new Date(day));
}

function later(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

function today(): string {
  return new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

function columns(days: Day[], span: number): Column[] {
  const end = days.at(-1)!.day > today() ? days.at(-1)!.day : today();
  const start = span > 0 ? later(end, 1 - span) : days[0]!.day;
  const length = Math.round((Date.parse(end) - Date.parse(start)) / DAY_MS) + 1;
  const each = Math.ceil(length / MOST_COLUMNS);
  let total = 0;
  for (const day of days) if (day.day < start) total += day.created;
  const all: Column[] = [];
  for (let from = start; from <= end; from = later(from, each)) {
    all.push({ from, to: later(from, each - 1), created: 0, changed: 0, total: 0 });
  }
  for (const day of days) {
    if (day.day < start) continue;
    const column = all[Math.floor((Date.parse(day.day) - Date.parse(start)) / DAY_MS / each)]!;
    column.created += day.created;
    column.changed += day.changed;
  }
  for (const column of all) column.total = total += column.created;
  return all;
}

export function TimelineView() {
  const [days, setDays] = useState<Day[] | undefined>(undefined);
  const [span, setSpan] = useState(30);
  useEffect(() => {
    setDays(undefined);
    if (user.value === "") return;
    const asked = new AbortController();
    const question = { user_id: user.value, east_minutes: -new Date().getTimezoneOffset() };
    ask<{ days: Day[] }>("growth", question, asked.signal).then((answer) => setDays(answer.days), fail);
    return () => asked.abort();
  }, [user.value]);

  if (user.value !== "" && days === undefined) return <main class="page" aria-busy="true" />;
  const all = days && days.length > 0 ? columns(days, span) : [];
  const last = all.at(-1);
  return (
    <main class="page">
      <header class="page-head">
        <div>
          <h1>Timeline</h1>
          <p class="muted">
            {last ? (
              <>
                {count(last.total, "memory", "memories")} of <Shown text={user.value} />, by the day on which they came
                to be
              </>
            ) : (
              "Nothing is remembered yet"
            )}
          </p>
        </div>
        <label class="inline">
          Show
          <select value={String(span)} onChange={(event) => setSpan(Number(event.currentTarget.value))}>
            {[30, 90, 365, 0].map((n) => (
              <option key={n} value={n}>
                {SPANS[n]}
              </option>
            ))}
          </select>
        </label>
      </header>
      {last ? (
        <>
          <Chart title="How many there are" columns={all} value={(column) => column.total} line />
          <Chart title="Created or changed last" columns={all} value={(column) => column.changed} />
          <Table columns={all} />
        </>
      ) : (
        <Empty title="Nothing is remembered yet">What your assistants store shows here, day by day.</Empty>
      )}
    </main>
  );
}

const WIDTH = 1000;
const HEIGHT = 100;

function Chart(props: { title: string; columns: Column[]; value: (column: Column) => number; line?: boolean }) {
  const { title, columns: all, value } = props;
  const most = Math.max(1, ...all.map(value));
  const width = WIDTH / all.length;
  const top = (column: Column) => HEIGHT - (value(column) / most) * HEIGHT;
  const steps = all.map((column, i) => `${i === 0 ? "M" : "L"}${(i + 0.5) * width} ${top(column)}`).join("");
  const first = all[0]!;
  const last = all.at(-1)!;
  const said = `${title}: ${value(first)} on ${shown(first.from)}, ${value(last)} on ${shown(last.to)}, at most ${most}`;
  return (
    <figure class="card chart">
      <figcaption>{title}</figcaption>
      <p class="most muted small" aria-hidden="true">
        {most.toLocaleString("en")}
      </p>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={said}>
        {props.line && (
          <>
            <path class="area" d={`${steps}L${WIDTH - width / 2} ${HEIGHT}L${width / 2} ${HEIGHT}Z`} />
            <path class="curve" d={steps} />
          </>
        )}
        {all.map((column, i) => (
          <g key={column.from} class="column">
            {/* As high as the chart, so that it is hit wherever a finger or a pointer is. */}
            <rect class="reach" x={i * width} y="0" width={width} height={HEIGHT} />
            {!props.line && value(column) > 0 && (
              <rect
                class="bar"
                x={i * width + width * 0.12}
                y={Math.min(top(column), HEIGHT - 1.5)}
                width={width * 0.76}
                height={Math.max(HEIGHT - top(column), 1.5)}
              />
            )}
            <title>{`${period(column)}: ${value(column).toLocaleString("en")}`}</title>
          </g>
        ))}
      </svg>
      <p class="ends muted small" aria-hidden="true">
        <span>{shown(first.from)}</span>
        <span>{shown(last.from)}</span>
      </p>
    </figure>
  );
}

function period(column: Column): string {
  return column.from === column.to ? shown(column.from) : `${shown(column.from)} to ${shown(column.to)}`;
}

function Table({ columns: all }: { columns: Column[] }) {
  const told = all.filter((column) => column.created > 0 || column.changed > 0).reverse();
  return (
    <details class="card table">
      <summary>The same as a table</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label="The numbers of each day">
        <table>
          <thead>
            <tr>
              <th scope="col">Day</th>
              <th scope="col">Created</th>
              <th scope="col">Changed last</th>
              <th scope="col">There are</th>
            </tr>
          </thead>
          <tbody>
            {told.map((column) => (
              <tr key={column.from}>
                <th scope="row">{period(column)}</th>
                <td>{column.created.toLocaleString("en")}</td>
                <td>
                  {column.changed > 0 ? (
                    <a
                      href="#/memories"
                      aria-label={`${column.changed.toLocaleString("en")} of ${period(column)}: show them`}
                      onClick={() => {
                        query.value = "";
                        filters.value = { ...NO_FILTERS, since: column.from, until: column.to };
                      }}
                    >
                      {column.changed.toLocaleString("en")}
                    </a>
                  ) : (
                    0
                  )}
                </td>
                <td>{column.total.toLocaleString("en")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
