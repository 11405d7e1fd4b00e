/** What is known of a memory beside its text. */
import type { Entry, Hit, Metadata } from "./api";
import { Shown, Time } from "./text";

/** Why a search found it. @param rank its place in the list, from 1 */
export function Why({ hit, rank }: { hit: Pick<Hit, "matched">; rank: number }) {
  if (!hit.matched) return null;
  return (
    <section>
      <h3>Why it matched</h3>
      <p class="why">
        {hit.matched.words.length > 0 ? (
          <>
            {hit.matched.words.map((word) => (
              <span class="chip" key={word}>
                <Shown text={word} />
              </span>
            ))}
            <span class="muted">
              {" in "}
              <Shown text={hit.matched.fields.join(", ").replaceAll("metadata.", "metadata ")} />
            </span>
          </>
        ) : (
          <span class="muted">It is near what was asked, in other words.</span>
        )}
        <span class="muted"> · rank {rank}</span>
      </p>
    </section>
  );
}

/** When it was written and by whom. @param source the backend that it was read from */
export function About({ entry, source }: { entry: Partial<Entry>; source: string | undefined }) {
  return (
    <section>
      <h3>About it</h3>
      <dl class="facts">
        <dt>Changed</dt>
        <dd>
          <Time at={entry.updated_at} />
        </dd>
        <dt>Created</dt>
        <dd>
          <Time at={entry.created_at} />
        </dd>
        {entry.expires_at && (
          <>
            <dt>Expires</dt>
            <dd>
              <Time at={entry.expires_at} />
            </dd>
          </>
        )}
        {entry.written_by !== undefined && (
          <>
            <dt>Written by</dt>
            <dd>
              <Shown text={plain(entry.written_by)} />
            </dd>
          </>
        )}
        {source && (
          <>
            <dt>Read from</dt>
            <dd>{source}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

export function Facts({ metadata }: { metadata: Metadata }) {
  const fields = Object.entries(metadata);
  if (fields.length === 0) return null;
  return (
    <section>
      <h3>Metadata</h3>
      <dl class="facts">
        {fields.map(([name, value]) => (
          <>
            <dt>
              <Shown text={name} />
            </dt>
            <dd>
              {Array.isArray(value) ? (
                value.map((one, i) => (
                  <span class="chip" key={i}>
                    <Shown text={plain(one)} />
                  </span>
                ))
              ) : (
                <Shown text={plain(value)} />
              )}
            </dd>
          </>
        ))}
      </dl>
    </section>
  );
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
