/** The page: who looks, at what, and the view that shows it. */
import "./style.css";
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { signIn, signOut } from "./api";
import { BackendsView } from "./backends";
import { ConnectView } from "./connect";
import { MemoriesView } from "./memories-view";
import { Notices } from "./notices";
import {
  type Theme,
  VIEWS,
  about,
  enter,
  fail,
  look,
  open,
  refusal,
  theme,
  user,
  users,
  view,
  views,
} from "./state";
import { Shown, shownText } from "./text";
import { TimelineView } from "./timeline";
import { TokensView } from "./tokens";
import { TransferView } from "./transfer";
import { Dialog, Icon } from "./ui";

function Page() {
  if (about.value === null) {
    return (
      <>
        {refusal.value !== null && <SignIn />}
        <Notices />
      </>
    );
  }
  return (
    <>
      <Top />
      <CurrentView />
      <Notices />
    </>
  );
}

function CurrentView() {
  switch (views.value.includes(view.value) ? view.value : "memories") {
    case "memories":
      return <MemoriesView />;
    case "timeline":
      return <TimelineView />;
    case "backends":
      return <BackendsView />;
    case "transfer":
      return <TransferView />;
    case "tokens":
      return <TokensView />;
    case "connect":
      return <ConnectView />;
  }
}

async function leave(): Promise<void> {
  await signOut();
  about.value = null;
  refusal.value = "";
}

function Top() {
  const nav = useRef<HTMLElement>(null);
  // On a phone there is not room for all of them.
  useEffect(() => nav.current?.querySelector("[aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" }));
  return (
    <header class="top">
      <a class="brand" href="#/memories" aria-label="Unified Memory">
        <img src="/icon.svg" alt="" width="26" height="26" />
        <span>Unified Memory</span>
      </a>
      <nav ref={nav} aria-label="Views">
        {views.value.map((name) => (
          <a key={name} href={`#/${name}`} aria-current={view.value === name ? "page" : undefined}>
            {VIEWS[name]}
          </a>
        ))}
      </nav>
      <div class="who">
        {!about.value!.writes && <span class="chip">read only</span>}
        <Users />
        <ThemeButton />
        {about.value!.caller !== "local" && (
          <button type="button" class="quiet" onClick={() => leave().catch(fail)}>
            Sign out
          </button>
        )}
      </div>
    </header>
  );
}

/** The value of the choice that asks for another name; no user can have it, because ids have no control characters. */
const OTHER = "\n";

function Users() {
  const [asking, setAsking] = useState(false);
  const [name, setName] = useState("");
  const known = users.value;
  if (known.length <= 1 && !about.value!.everybody) {
    return (
      <span class="user-name">
        <Shown text={user.value} />
      </span>
    );
  }
  return (
    <>
      <select
        aria-label="Whose memories"
        value={user.value}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          if (chosen === OTHER) {
            event.currentTarget.value = user.value;
            setAsking(true);
          } else {
            look(chosen);
          }
        }}
      >
        {known.map((one) => (
          <option key={one} value={one}>
            {shownText(one)}
          </option>
        ))}
        {known.length === 0 && <option value="">nobody yet</option>}
        {about.value!.everybody && <option value={OTHER}>Somebody else…</option>}
      </select>
      {asking && (
        <Dialog title="Whose memories?" onClose={() => setAsking(false)}>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              setAsking(false);
              look(name.trim());
            }}
          >
            <label for="other-user">User id</label>
            <input id="other-user" required value={name} onInput={(event) => setName(event.currentTarget.value)} />
            <footer>
              <button type="submit" class="primary">
                Show
              </button>
            </footer>
          </form>
        </Dialog>
      )}
    </>
  );
}

function ThemeButton() {
  const next: Record<Theme, Theme> = { auto: "dark", dark: "light", light: "auto" };
  return (
    <button
      type="button"
      class="quiet"
      aria-label={`Colours: ${theme.value}. Change to ${next[theme.value]}`}
      title={`Colours: ${theme.value}`}
      onClick={() => (theme.value = next[theme.value])}
    >
      <Icon name="theme" />
    </button>
  );
}

function SignIn() {
  const [token, setToken] = useState("");
  const [wrong, setWrong] = useState("");
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    try {
      await signIn(token.trim());
      setToken("");
      await enter();
    } catch (e) {
      setWrong(e instanceof Error ? e.message : String(e));
    }
  }
  return (
    <main class="sign-in">
      <form onSubmit={(event) => void submit(event)}>
        <img src="/icon.svg" alt="" width="44" height="44" />
        <h1>Unified Memory</h1>
        <p class="muted">See, correct and forget what your assistants remember.</p>
        <label for="token">Token</label>
        <input
          id="token"
          type="password"
          autocomplete="off"
          required
          placeholder="umt_…"
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        {wrong && (
          <p class="problem" role="alert">
            {wrong}
          </p>
        )}
        <button type="submit" class="primary">
          Look in
        </button>
        <p class="muted small">
          Opened by <code>unified-memory browse</code>? Its link works once, so run it again.
        </p>
      </form>
    </main>
  );
}

render(<Page />, document.getElementById("page")!);
open().catch(fail);
