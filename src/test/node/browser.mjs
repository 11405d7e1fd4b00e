// Goes through the memory browser in Chromium, as a person would. Arguments: the address of a server that asks for tokens
// and has an upstream that is down and one that works, the tokens of its owner, of the user ben and of a reader, a link that
// works once, and the address of the upstream that works, which asks for no tokens.
// With a folder in SHOTS it leaves pictures there. Ends at the first thing that is not as it should be.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [base, owner, ben, reader, link, team] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const HOSTILE = {
  key: 'hostile/<img src=x onerror="window.hacked=1">',
  value:
    "<script>window.hacked=1</script>\u202Egnp.exe\u202C \u{1F9EA}\u{1F468}\u200D\u{1F469} \u0007 pay\u00ADpal pay\u200Cpal" +
    " \u{E0069}\u{E0067}\u3164 \u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645 end",
  user: "<img src=x onerror=window.hacked=1>\u202E",
  writer: "<svg onload='window.hacked=1'>\u202E",
  metadata: { "<b>field</b>": "<svg onload='window.hacked=1'>", tags: ["<i>one</i>", "two"] },
};
const MANY = 2150;
const DAYS = 50;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

let page;
const complaints = [];

/** Opens a window in which nobody is signed in. */
async function window(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce", ...options });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("pageerror", (e) => complaints.push(String(e)));
  page.on("console", (message) => message.type() === "error" && !/status of 401/.test(message.text()) && complaints.push(`${message.text()} ${message.location().url}`));
  return context;
}

async function signIn(token) {
  await page.goto(base);
  await page.fill("#token", token);
  await page.keyboard.press("Enter");
  await page.waitForSelector(".top");
}

async function call(tool, given, at = base) {
  const response = await fetch(`${at}/api/call`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-Unified-Memory": "test",
      ...(at === base ? { Authorization: `Bearer ${owner}` } : {}),
    },
    body: JSON.stringify({ tool, arguments: given }),
  });
  assert.equal(response.status, 200, await response.text());
}

/** Imports a file; answers with the report. */
async function imported(name, user_id, text, on_conflict = "newest") {
  const said = { name, user_id, on_conflict };
  const response = await fetch(`${base}/api/import`, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream", "X-Unified-Memory": "test", Authorization: `Bearer ${owner}` },
    body: `${JSON.stringify(said)}\n${text}`,
  });
  return response.text();
}

/** Brings in many memories at once: most of one time, as a file without times has them, and one of each day before. */
async function seedMany(user_id, n) {
  const now = Date.now();
  const time = (i) => new Date(now - Math.max(0, i - n + DAYS) * 86_400_000).toISOString();
  const rows = Array.from({ length: n }, (_, i) => `k/${i},memory ${i},${time(i)}\n`);
  assert.match(await imported("many.csv", user_id, "key,value,updated_at\n" + rows.join("")), new RegExp(`"new":${n}`));
}

/** As another program says that it was written. */
async function seedHostile() {
  const version = String(BigInt(Date.now()) << 16n);
  const memory = { type: "memory", user_id: "anna", ...HOSTILE, version, written_by: HOSTILE.writer };
  for (const field of ["user", "writer"]) delete memory[field];
  const lines = [{ format: "unified-memory archive", version: "1.0" }, memory, { type: "end", memories: 1, deletes: 0 }];
  assert.match(await imported("a.jsonl", "anna", lines.map((line) => JSON.stringify(line)).join("\n")), /"new":1/);
}

const store = (user_id, key, value, metadata = {}) => call("store", { user_id, key, value, metadata });

async function shot(name) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });
}

/** Nothing that people with other senses would miss (WCAG 2.2 AA). */
async function accessible(where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }),
  );
  const found = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target + " " + node.failureSummary).join(" | ")}`);
  assert.deepEqual(found, [], `${where} is not accessible`);
  await shot(where);
}

const rows = (text) => page.locator(".row", { hasText: text });
/** Waits until the list is this one memory: while somebody types, others come and go. */
const only = (key) =>
  page.waitForFunction((one) => [...document.querySelectorAll(".row")].map((row) => row.querySelector(".row-key")?.textContent).join() === one, key);
const notice = (text) => page.locator(".notice", { hasText: text }).waitFor();
const steps = [];
async function step(name, work) {
  const begun = performance.now();
  try {
    await work();
  } catch (e) {
    if (page) await shot("failed").catch(() => {});
    console.error(`at: ${name}\n${e.stack}\n${complaints.join("\n")}`);
    await browser.close();
    process.exit(1);
  }
  steps.push(`${name} (${Math.round(performance.now() - begun)} ms)`);
}

await step("seed", async () => {
  await store("anna", "project-x/deadline", "The deadline of project X moved to 14 March.", { project: "x", pinned: true });
  await store("anna", "preferences/tea", "Green tea, no sugar.", { tags: ["drinks", "home"] });
  await store("anna", "people/mira", "Mira leads the data team, and prefers messages over calls.");
  await seedHostile();
  await store(HOSTILE.user, "note", "A note of a strange user");
  await store("anna", "long", "long ".repeat(209_715));
  await store("ben", "note", "A note of Ben");
  await seedMany("many", MANY);
});

await step("sign in", async () => {
  await window();
  await page.goto(base);
  await page.waitForSelector("#token");
  await accessible("sign-in");
  await page.fill("#token", "umt_wrong");
  await page.keyboard.press("Enter");
  await page.waitForSelector("[role=alert]");
  await page.fill("#token", owner);
  await page.keyboard.press("Enter");
  await rows("preferences/tea").waitFor();
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));
  assert.ok(!kept.includes(owner.slice(-20)), "the token can be read by a script");
});

await step("read", async () => {
  await rows("preferences/tea").click();
  await page.getByText("holds it").first().waitFor();
  assert.match(await page.locator(".copies").innerText(), /1 write owed/);
  await accessible("memory");
  await page.reload();
  await rows("preferences/tea").waitFor();
});

await step("hostile", async () => {
  await rows("hostile/").click();
  await page.locator(".value").waitFor();
  assert.equal(await page.locator(".value script, .value img, .detail svg:not(.icon), .row img").count(), 0);
  const shown = await page.locator(".value").textContent();
  assert.ok(shown.includes("<script>window.hacked=1</script>"));
  for (const code of ["U+202E", "U+202C", "U+0007", "U+00AD", "U+200C", "U+E0069", "U+E0067", "U+3164"]) {
    assert.ok(shown.includes(code), `${code} is not shown`);
  }
  assert.ok(!shown.includes("U+200D") && shown.split("U+200C").length === 2, "a joiner with its work is shown");
  assert.match(await page.locator(".detail").innerText(), /Written by\s+<svg onload='window.hacked=1'>U\+202E/);
  assert.equal(await page.locator("option", { hasText: "<img src=x onerror=window.hacked=1>U+202E" }).count(), 1);
  assert.ok(!/[\u202a-\u202e]/.test(await page.locator("#page").textContent()), "a text can turn its direction");
  assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
  await accessible("hostile");
});

await step("a long text", async () => {
  await rows(/^long/).click();
  await page.getByRole("button", { name: "Read on" }).click();
  await page.waitForFunction(() => document.querySelector(".value").textContent.length > 60_000);
  await page.getByRole("button", { name: "Edit" }).click();
  await page.waitForFunction(() => document.querySelector("#editor-value").value.length > 1_000_000);
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog", { state: "detached" });
});

await step("search", async () => {
  await page.keyboard.press("/");
  await page.keyboard.type("when is the deadline");
  await only("project-x/deadline");
  await page.keyboard.press("ArrowDown");
  await page.getByText("Why it matched").waitFor();
  assert.match(await page.locator(".why").innerText(), /deadline/);
  assert.ok((await page.locator(".row mark").count()) > 0);
  await page.getByRole("button", { name: "Filters" }).click();
  await accessible("search");
  await page.fill("input[type=search]", "");
  await page.fill("#filters input[placeholder='project-x/']", "prefer");
  await only("preferences/tea");
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await page.fill("#filters input[placeholder^='project:']", "pinned: true");
  await page.waitForFunction(() => document.querySelector(".row-key")?.textContent === "project-x/deadline");
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await page.getByRole("button", { name: /^drinks/ }).click();
  await only("preferences/tea");
  assert.equal(await page.locator(".row-tag").first().innerText(), "drinks");
  await accessible("tags");
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await page.getByRole("button", { name: "Filters" }).click();
  await rows("people/mira").waitFor();
});

await step("write, correct, delete, undo", async () => {
  await page.locator(".list").focus();
  await page.keyboard.press("n");
  await page.fill("#editor-key", "colour");
  await page.fill("#editor-value", "Blue");
  await page.fill("#editor-metadata", "{");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("must be an object of JSON").waitFor();
  await accessible("editor");
  await page.fill("#editor-metadata", '{"sure": true}');
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator(".value", { hasText: "Blue" }).waitFor();
  await page.getByRole("button", { name: "Edit" }).click();
  await page.fill("#editor-value", "Green");
  await page.fill("#editor-expires", "2099-01-31T08:30");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator(".value", { hasText: "Green" }).waitFor();
  assert.match(await page.locator(".detail").innerText(), /Expires\s+Jan 31, 2099\s+Written by\s+memory browser/);
  await page.getByRole("button", { name: "Delete" }).click();
  await notice("Deleted");
  await rows("colour").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await rows("colour").click();
  await page.locator(".value", { hasText: "Green" }).waitFor();
  assert.match(await page.locator(".detail").innerText(), /Expires\s+Jan 31, 2099/);
  assert.match(await page.locator(".detail").innerText(), /sure\s+true/);
});

await step("history", async () => {
  await page.getByRole("heading", { name: "History" }).waitFor();
  const earlier = page.locator(".differences summary", { hasText: "changed" });
  await earlier.last().click();
  await page.locator("del.line", { hasText: "Blue" }).waitFor();
  await page.locator("ins.line", { hasText: "Green" }).waitFor();
  await accessible("history");
  await page.getByRole("button", { name: "Restore revision 1" }).click();
  await page.locator(".value", { hasText: "Blue" }).waitFor();
  await store("anna", HOSTILE.key, "harmless");
  await store("anna", HOSTILE.key, HOSTILE.value, HOSTILE.metadata);
  await call("delete", { user_id: "anna", key: HOSTILE.key });
  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByRole("button", { name: "Recently deleted" }).click();
  const deleted = page.locator(".deleted li", { hasText: "hostile/" });
  await deleted.waitFor();
  assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
  await accessible("deleted");
  await deleted.getByRole("button", { name: /^Restore/ }).click();
  await deleted.waitFor({ state: "detached" });
  await call("delete", { user_id: "anna", key: "colour" });
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Recently deleted" }).click();
  const colour = page.locator(".deleted li", { hasText: "colour" });
  await colour.getByRole("button", { name: /^Erase/ }).click();
  await colour.getByRole("button", { name: "Erase for good" }).click();
  await notice("for good");
  await colour.waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Filters" }).click();
  await rows("hostile/").click();
  await page.locator(".differences summary", { hasText: "changed" }).first().click();
  await page.locator(".differences .line", { hasText: "U+202E" }).first().waitFor();
  assert.equal(await page.locator(".differences script, .differences svg, .differences img").count(), 0);
  assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
  await store("anna", "colour", "Green");
});

await step("delete many", async () => {
  await page.locator(".list").focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Space");
  await page.keyboard.press("j");
  await page.keyboard.press("Space");
  await page.locator(".bulk", { hasText: "2 marked" }).waitFor();
  await page.keyboard.press("Delete");
  const sure = page.locator("dialog button.danger");
  assert.ok(await sure.isDisabled());
  await page.fill("#delete-count", "3");
  assert.ok(await sure.isDisabled());
  await accessible("delete-many");
  await page.fill("#delete-count", "2");
  await sure.click();
  await notice("Deleted 2 memories");
  await page.getByRole("button", { name: "Undo" }).click();
  await notice("2 memories are back");
});

await step("many memories", async () => {
  await page.selectOption("select", "many");
  await page.locator(".foot", { hasText: "2,150 memories" }).waitFor();
  const jump = (where) => page.evaluate((part) => {
    const list = document.querySelector(".list");
    list.scrollTop = part * list.scrollHeight;
  }, where);
  const seen = new Set();
  for (const part of [0.5, 1, 0.25, 0]) {
    await jump(part);
    await page.waitForFunction((place) => {
      const there = [...document.querySelectorAll(".row[aria-posinset]")].map((row) => Number(row.ariaPosInSet));
      return there.length > 8 && Math.abs(there[0] - place) < 40 && !document.querySelector(".row.coming");
    }, part * MANY);
    assert.ok((await page.locator(".row").count()) < 80, "rows that cannot be seen are in the page");
    for (const key of await page.locator(".row-key").allInnerTexts()) seen.add(key);
  }
  assert.ok(seen.size > 40 && seen.has(`k/${MANY - 1}`), "the end was not reached");
  await page.locator(".list").focus();
  await page.keyboard.press("End");
  await page.locator(`.row.shown[aria-posinset="${MANY}"]`).waitFor();
  await page.keyboard.press("ArrowUp");
  await page.locator(`.row.shown[aria-posinset="${MANY - 1}"]`).waitFor();
  await page.keyboard.press("Home");
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Mark the first 1,000" }).click();
  await page.locator(".bulk", { hasText: "1,000 marked" }).waitFor();
  await page.getByRole("button", { name: "Clear" }).click();
});

await step("timeline", async () => {
  await page.getByRole("link", { name: "Timeline" }).click();
  await page.getByRole("img", { name: /^How many there are: .* 2150 on/ }).waitFor();
  await page.getByText("The same as a table").click();
  assert.equal(await page.locator("tbody tr").count(), 30);
  await accessible("timeline");
  await page.selectOption("label.inline select", "0");
  await page.waitForFunction((days) => document.querySelectorAll("tbody tr").length === days, DAYS);
  await page.locator("tbody tr").nth(1).getByRole("link").click();
  await page.locator(".foot", { hasText: "1 memory" }).waitFor();
  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await page.getByRole("button", { name: "Filters" }).click();
});

await step("deleted long ago", async () => {
  await call("delete", { user_id: "many", key: "k/7" });
  const rows = Array.from({ length: 130 }, (_, i) => `k/${100 + i},another ${i}\n`);
  assert.match(await imported("more.csv", "many", "key,value\n" + rows.join(""), "overwrite"), /"newer":130/);
  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByRole("button", { name: "Recently deleted" }).click();
  await page.locator(".deleted li", { hasText: "k/7" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Filters" }).click();
});

await step("backends", async () => {
  await page.getByRole("link", { name: "Backends" }).click();
  await page.getByText("Does not work").waitFor();
  await page.getByRole("region", { name: "team" }).getByText("Works").waitFor();
  await page.getByRole("button", { name: "Show what is owed" }).click();
  await page.locator(".letters li").first().waitFor();
  await accessible("outbox");
  await page.getByRole("button", { name: "Deliver now" }).click();
  await notice("They are due now");
  await page.keyboard.press("Escape");
  await accessible("backends");
});

await step("a comparison", async () => {
  await call("store", { user_id: "anna", key: "project-x/deadline", value: "The deadline of project X moved to 21 March." }, team);
  await call("store", { user_id: "anna", key: "from/<i>elsewhere</i>", value: HOSTILE.value, metadata: HOSTILE.metadata }, team);
  await call("delete", { user_id: "anna", key: "people/mira" }, team);
  await page.getByRole("button", { name: "Preview a comparison" }).click();
  const change = (text) => page.locator(".preview summary", { hasText: text });
  await change("changes here").click();
  assert.equal(await page.locator("del.line b").first().innerText(), "14");
  assert.equal(await page.locator("ins.line b").first().innerText(), "21");
  await change("new here").click();
  assert.match(await page.locator(".preview").innerText(), /U\+202E/);
  await change("deleted here").click();
  await page.locator("del.line", { hasText: "Mira leads" }).waitFor();
  await accessible("comparison");
  await page.getByRole("button", { name: "Make both sides the same" }).click();
  await notice("brought up to date");
  await page.getByRole("button", { name: "Preview a comparison" }).click();
  await page.getByText("the same on both sides").waitFor();
  await store("anna", "people/mira", "Mira leads the data team, and prefers messages over calls.");
});

await step("export and import", async () => {
  await page.getByRole("link", { name: "Import and export" }).click();
  await page.selectOption(".who select", "ben");
  await store("ben", "note", "A note of Ben, corrected");
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export" }).click()]);
  assert.match(saved.suggestedFilename(), /^memories-ben-.*\.jsonl$/);
  const archive = readFileSync(await saved.path(), "utf8");
  assert.ok(archive.includes("A note of Ben") && !archive.includes("Mira"));
  assert.match(archive, /"type":"revision".*"value":"A note of Ben"/);
  await page.getByLabel("With texts that were replaced or deleted").uncheck();
  const [short] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export" }).click()]);
  assert.doesNotMatch(readFileSync(await short.path(), "utf8"), /"type":"revision"/);

  const lines = ["key,value", "from/<b>a table</b>,<script>window.hacked=1</script>", "note,Another note", ",none"];
  await page.setInputFiles("#import-file", { name: "<i>table.csv", mimeType: "text/csv", buffer: Buffer.from(lines.join("\n")) });
  await page.fill("#import-owner", "ben");
  await page.selectOption("#import-conflict", "overwrite");
  await page.getByRole("button", { name: "See what it would do" }).click();
  const outcome = page.locator(".outcome");
  await outcome.getByText("would be new").waitFor();
  assert.match(await outcome.innerText(), /1 would be new\s+1 would replace what is there\s+1 cannot be read/);
  assert.match(await outcome.innerText(), /line 4/);
  await accessible("import");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await outcome.getByText("are new").waitFor();
  const large = { name: "large.json", mimeType: "application/json", buffer: Buffer.alloc(9_000_000, " ") };
  await page.setInputFiles("#import-file", large);
  await page.getByText("pack it as ZIP").waitFor();
  await page.getByRole("link", { name: "Memories" }).click();
  await rows("from/<b>a table</b>").waitFor();
});

await step("tokens", async () => {
  await page.getByRole("link", { name: "Tokens" }).click();
  await page.getByText("this page").waitFor();
  await page.getByRole("button", { name: "New token" }).click();
  await page.fill("#token-name", "<b>phone</b>\u202E");
  await page.fill("#token-users", "ben, carl");
  await page.getByLabel("Only to read").check();
  await page.selectOption("#token-days", "30");
  await accessible("new-token");
  await page.getByRole("button", { name: "Create" }).click();
  const secret = await page.locator(".secret").innerText();
  assert.match(secret, /^umt_/);
  await page.getByRole("button", { name: "Done" }).click();
  await page.locator(".tokens li", { hasText: "<b>phone</b>U+202E" }).getByText("Reads the memories of ben, carl").waitFor();
  assert.ok(!(await page.content()).includes(secret.trim()), "the secret is shown again");
  await accessible("tokens");
  await page.getByRole("button", { name: "Revoke <b>phone</b>" }).click();
  await page.locator("dialog button.primary").click();
  await notice("Revoked");
  await page.locator(".tokens li", { hasText: "<b>phone</b>" }).waitFor({ state: "detached" });
});

await step("connect", async () => {
  await page.getByRole("link", { name: "Connect" }).click();
  assert.match(await page.locator("pre").first().innerText(), /\/mcp/);
  await accessible("connect");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForSelector("#token");
});

await step("dark, on a phone", async () => {
  await window({ viewport: { width: 390, height: 780 }, colorScheme: "dark", hasTouch: true });
  await signIn(owner);
  await page.selectOption("select", "anna");
  await rows("preferences/tea").waitFor();
  await accessible("phone-list");
  await rows("preferences/tea").click();
  await page.getByText("holds it").first().waitFor();
  await accessible("phone-memory");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 390), "it is wider than a phone");
  await page.getByRole("button", { name: "All memories" }).click();
  await rows("preferences/tea").waitFor();
  await page.goto(`${base}/#/backends`);
  await page.waitForSelector(".card");
  await accessible("phone-backends");
  for (const view of ["timeline", "transfer", "tokens"]) {
    await page.goto(`${base}/#/${view}`);
    await page.waitForSelector(".card");
    await accessible(`phone-${view}`);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 390), `${view} is wider than a phone`);
  }
});

await step("as one user", async () => {
  await window();
  await signIn(ben);
  await rows("note").waitFor();
  assert.equal(await page.locator("select").count(), 0);
  await page.goto(`${base}/#/backends`);
  await page.waitForSelector(".card");
  assert.equal(await page.getByRole("button", { name: /owed|comparison/ }).count(), 0);
  await page.goto(`${base}/#/transfer`);
  await page.getByRole("heading", { name: "Import", exact: true }).waitFor();
  assert.equal(await page.locator("#export-users").count(), 0);
  assert.equal(await page.getByText("Leave out memories of other users").count(), 0);
  assert.ok(await page.locator("#import-owner[readonly]").inputValue() === "ben");
  await page.goto(`${base}/#/timeline`);
  await page.getByRole("img", { name: /^How many there are/ }).waitFor();
  await page.goto(`${base}/#/connect`);
  await page.waitForSelector("main.page");
  await accessible("one-user-connect");
  await page.goto(`${base}/#/tokens`);
  await page.waitForSelector(".list");
  assert.equal(await page.getByRole("link", { name: "Tokens" }).count(), 0);
});

await step("read only", async () => {
  await window();
  await signIn(reader);
  await page.selectOption("select", "anna");
  await rows("preferences/tea").click();
  await page.locator(".value").waitFor();
  assert.equal(await page.getByRole("button", { name: /New memory|Edit|Delete/ }).count(), 0);
  await page.locator(".list").focus();
  await page.keyboard.press("Delete");
  await page.keyboard.press("n");
  assert.equal(await page.locator("dialog, .notice").count(), 0);
  await accessible("read-only");
  assert.equal(await page.getByRole("link", { name: "Tokens" }).count(), 0);
  await page.getByRole("link", { name: "Import and export" }).click();
  await page.getByRole("heading", { name: "Export", exact: true }).waitFor();
  assert.equal(await page.getByRole("heading", { name: "Import", exact: true }).count(), 0);
  await page.getByRole("link", { name: "Backends" }).click();
  await page.getByRole("button", { name: "Show what is owed" }).click();
  await page.locator(".letters li").first().waitFor();
  assert.equal(await page.getByRole("button", { name: /Deliver now|Drop|Try again/ }).count(), 0);
  await page.keyboard.press("Escape");
  await page.goto(`${base}/#/memories`);
  await page.selectOption("select", "many");
  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByRole("button", { name: "Recently deleted" }).click();
  await page.locator(".deleted li").first().waitFor();
  assert.equal(await page.locator(".deleted").getByRole("button").count(), 0);
});

/** The server behind the link keeps no history. */
await step("a link that works once", async () => {
  await window();
  await page.goto(link);
  await page.waitForSelector(".list");
  assert.ok(!page.url().includes(link.split("#")[1]), "the code stays in the address");
  await rows("preferences/tea").click();
  await page.getByRole("button", { name: "Delete" }).click();
  await notice("Deleted");
  await rows("preferences/tea").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await notice("It is back");
  await rows("preferences/tea").click();
  await page.locator(".value", { hasText: "Green tea, no sugar." }).waitFor();
  assert.match(await page.locator(".detail").innerText(), /drinks\s*home/);
  assert.equal(await page.getByRole("heading", { name: "History" }).count(), 0);
  await page.goto(new URL("/#/connect", link).href);
  assert.match(await page.locator("pre").first().innerText(), /unified-memory/);
  await page.reload();
  await page.waitForSelector("pre");
  await window();
  await page.goto(link);
  await page.waitForSelector("#token");
});

assert.deepEqual(complaints, [], "the browser complained");
await browser.close();
console.log(steps.join("\n"));
