/** Who is let in: the tokens that clients of this server show. */
import { useEffect, useState } from "preact/hooks";
import { ask } from "./api";
import { fail, say, user } from "./state";
import { Shown, Time, count } from "./text";
import { Dialog, Icon } from "./ui";

interface Token {
  id: string;
  name: string;
  users: "all" | string[];
  read_only: boolean;
  created_at: string;
  expires_at?: string;
  expired?: boolean;
  used_at?: string;
  /** It is the one with which this page was opened. */
  own: boolean;
}

export function TokensView() {
  const [tokens, setTokens] = useState<Token[] | undefined>(undefined);
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token | undefined>(undefined);
  const read = () => ask<{ tokens: Token[] }>("tokens").then((answer) => setTokens(answer.tokens), fail);
  useEffect(() => void read(), []);

  if (tokens === undefined) return <main class="page" aria-busy="true" />;
  return (
    <main class="page">
      <header class="page-head">
        <div>
          <h1>Tokens</h1>
          <p class="muted">Whoever shows one of these is let in, to see and do what it says.</p>
        </div>
        <button type="button" class="primary" onClick={() => setMaking(true)}>
          <Icon name="plus" /> New token
        </button>
      </header>
      <ul class="tokens">
        {tokens.map((token) => (
          <li class="card" key={token.id}>
            <div>
              <p class="strong">
                {token.name === "" ? <span class="muted">without a name</span> : <Shown text={token.name} />}{" "}
                {token.own && <span class="chip">this page</span>}
                {token.expired && <span class="chip bad">expired</span>}
              </p>
              <p>
                {token.read_only ? "Reads" : "Reads and writes"}{" "}
                {token.users === "all" ? "the memories of everybody" : <Users ids={token.users} />}
              </p>
              <p class="muted small">
                {token.id} · made <Time at={token.created_at} /> ·{" "}
                {token.used_at ? (
                  <>
                    used <Time at={token.used_at} />
                  </>
                ) : (
                  "no use known"
                )}
                {token.expires_at && (
                  <>
                    {" "}
                    · {token.expired ? "ended" : "ends"} <Time at={token.expires_at} />
                  </>
                )}
              </p>
            </div>
            <button
              type="button"
              class="quiet danger"
              aria-label={`Revoke ${shown(token)}`}
              onClick={() => setRevoking(token)}
            >
              Revoke
            </button>
          </li>
        ))}
      </ul>
      {making && (
        <Making
          onClose={() => {
            setMaking(false);
            void read();
          }}
        />
      )}
      {revoking && (
        <Revoking
          token={revoking}
          onClose={() => {
            setRevoking(undefined);
            void read();
          }}
        />
      )}
    </main>
  );
}

function shown(token: Token): string {
  return token.name === "" ? token.id : token.name;
}

function Users({ ids }: { ids: string[] }) {
  return (
    <>
      the memories of{" "}
      {ids.map((id, at) => (
        <>
          {at > 0 && ", "}
          <Shown text={id} />
        </>
      ))}
    </>
  );
}

function Revoking({ token, onClose }: { token: Token; onClose: () => void }) {
  async function revoke(): Promise<void> {
    try {
      await ask("token-revoke", { id: token.id });
      say("Revoked. Nobody is let in with it any more.");
    } catch (e) {
      fail(e);
    }
    onClose();
  }
  return (
    <Dialog title="Revoke this token?" onClose={onClose}>
      <p>
        Clients with <Shown text={shown(token)} /> are refused from now on, and it cannot be made valid again.
      </p>
      {token.own && <p class="problem">It is the token with which you are signed in: this page ends with it.</p>}
      <footer>
        <button type="button" class="quiet" onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="primary danger" onClick={() => void revoke()}>
          Revoke
        </button>
      </footer>
    </Dialog>
  );
}

function Making({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [everybody, setEverybody] = useState(false);
  const [ids, setIds] = useState(user.value);
  const [reads, setReads] = useState(false);
  const [days, setDays] = useState("");
  const [secret, setSecret] = useState("");
  const [problem, setProblem] = useState("");

  async function make(event: Event): Promise<void> {
    event.preventDefault();
    const list = ids.split(",").map((id) => id.trim());
    try {
      const made = await ask<{ text: string }>("token-create", {
        name,
        users: everybody ? "all" : list.filter((id) => id !== ""),
        read_only: reads,
        ...(days === "" ? {} : { days: Number(days) }),
      });
      setSecret(made.text);
    } catch (e) {
      setProblem(e instanceof Error ? e.message : String(e));
    }
  }

  if (secret !== "") {
    return (
      <Dialog title="The new token" onClose={onClose}>
        <p>This is the only time that it is shown. Whoever has it is let in, so keep it as you keep a password.</p>
        <pre class="secret" tabIndex={0} aria-label="The token">
          {secret}
        </pre>
        <footer>
          <button type="button" onClick={() => navigator.clipboard.writeText(secret).then(() => say("Copied."), fail)}>
            <Icon name="copy" /> Copy
          </button>
          <button type="button" class="primary" onClick={onClose}>
            Done
          </button>
        </footer>
      </Dialog>
    );
  }
  return (
    <Dialog title="New token" onClose={onClose}>
      <form onSubmit={(event) => void make(event)}>
        <label for="token-name">Name</label>
        <input
          id="token-name"
          autofocus
          maxLength={200}
          placeholder="such as laptop of Anna"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <label for="token-users">Whose memories</label>
        <input
          id="token-users"
          required={!everybody}
          disabled={everybody}
          placeholder="user ids, with commas between them"
          value={everybody ? "everybody" : ids}
          onInput={(event) => setIds(event.currentTarget.value)}
        />
        <label class="check">
          <input type="checkbox" checked={everybody} onChange={(event) => setEverybody(event.currentTarget.checked)} />
          Those of everybody
        </label>
        <label class="check">
          <input type="checkbox" checked={reads} onChange={(event) => setReads(event.currentTarget.checked)} />
          Only to read
        </label>
        <label for="token-days">Ends after</label>
        <select id="token-days" value={days} onChange={(event) => setDays(event.currentTarget.value)}>
          <option value="">never</option>
          {[7, 30, 90, 365].map((n) => (
            <option key={n} value={n}>
              {count(n, "day")}
            </option>
          ))}
        </select>
        {everybody && !reads && <p class="muted small">It may do everything here, and make and revoke tokens.</p>}
        {problem && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <footer>
          <button type="button" class="quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary">
            Create
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
