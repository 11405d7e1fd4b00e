// Takes the pictures of the memory browser. Arguments: the java command, the jar, the folder for the pictures. The memories,
// the clock and the font are always the same, so that a picture changes only when the page does. See scripts/screenshot.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { REFERENCE_SERVER } from "./reference.mjs";

const [java, jar, pictures] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "unified-memory-screenshot-"));
const NOW = Date.parse("2026-11-20T15:20:00Z");
const MOST_BYTES = 200_000;
const MINUTES = 60_000;
const HOURS = 60 * MINUTES;
const DAYS = 24 * HOURS;

/** A made-up project: Tern tells sea kayakers when the tide is with them. */
const MEMORIES = [
  [12 * MINUTES, "tern/launch-date", "Tern goes to the stores on Tuesday, 12 January. The beta of 1 December is for the three kayak clubs only.", { project: "tern", tags: ["release"], pinned: true }],
  [50 * MINUTES, "tern/release-checklist", "Before a launch: run the tide tables of all 214 harbours, try it once without a network, ask Nell for the text of the store.", { project: "tern", tags: ["release"] }],
  [3 * HOURS, "tern/decisions/map-tiles", "Map tiles are vector tiles in one file per region, about 40 MB each. We tried raster tiles first: too large for a phone.", { project: "tern", tags: ["decision"] }],
  [5 * HOURS, "preferences/answers", "Short answers first, reasons after. Metric units. No exclamation marks.", { tags: ["preference"], pinned: true }],
  [9 * HOURS, "tern/bug/daylight-saving", "High water was an hour late on 25 October: the tables are in UTC and were read as local time. Fixed in the second beta.", { project: "tern", tags: ["bug"] }],
  [1 * DAYS, "tern/beta-feedback", "The clubs like the big arrow for the current. They miss the wind, and want to launch from any beach, not from harbours alone.", { project: "tern", tags: ["feedback"] }],
  [1.2 * DAYS, "people/nell", "Nell writes the texts for the launch and the newsletter. She wants drafts by Thursday noon.", { tags: ["person"] }],
  [2 * DAYS, "tern/decisions/offline-first", "Everything works without a network: on the water there is none. What needs one says so before the trip.", { project: "tern", tags: ["decision"] }],
  [3 * DAYS, "tern/hosting", "Tide tables are built every night at 02:00 and put on the static host in Lisbon. There is no server to keep awake.", { project: "tern", tags: ["infrastructure"] }],
  [4 * DAYS, "tern/style/colours", "Flood is blue, ebb is amber, slack is grey. Never red and green for the two directions.", { project: "tern", tags: ["design"] }],
  [5 * DAYS, "people/ivo", "Ivo knows the currents of the sound and checks the forecasts of every beta. Reach him by phone, not by mail.", { tags: ["person"] }],
  [6 * DAYS, "tools/tests", "Run the tests with ./gradlew check. The slow ones about time zones are tagged and run at night.", { project: "tern" }],
  [8 * DAYS, "preferences/editor", "Kotlin with four spaces, trailing commas, no wildcard imports.", { tags: ["preference"] }],
  [11 * DAYS, "tern/license", "The tide data may be shown in a beta and after it, not passed on: no export of whole tables.", { project: "tern", tags: ["decision"] }],
];
const WRITERS = ["claude-code 2.1.332", "cursor 3.9.8", "claude-ai 1.4.0"];
const QUESTION = "when do we launch the beta?";
const SHOWN = "tern/launch-date";

/** The server's own environment: whatever the caller configured for a real server must not reach the pictures. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("UNIFIED_MEMORY_")));

function archive() {
  const memories = MEMORIES.map(([age, key, value, metadata], i) => {
    const updated_at = new Date(NOW - age);
    const created_at = new Date(NOW - age - 3 * DAYS);
    const version = ((BigInt(updated_at.getTime()) << 16n) + BigInt(i)).toString();
    const written_by = WRITERS[i % WRITERS.length];
    return { type: "memory", user_id: "anna", key, value, metadata, created_at, updated_at, written_by, version };
  });
  memories.sort((a, b) => (a.key < b.key ? -1 : 1));
  const manifest = { format: "unified-memory archive", version: "1.0", exported_at: new Date(NOW), program: "screenshot" };
  return [manifest, ...memories, { type: "end", memories: memories.length, deletes: 0 }].map((line) => `${JSON.stringify(line)}\n`).join("");
}

// A font that is the same on every machine where this is run.
writeFileSync(
  join(folder, "fonts.conf"),
  `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>/usr/share/fonts</dir>
   <cachedir>${join(folder, "fonts")}</cachedir>
   <alias binding="strong"><family>sans-serif</family><prefer><family>Inter</family></prefer></alias>
   <alias binding="strong"><family>system-ui</family><prefer><family>Inter</family></prefer></alias></fontconfig>`,
);

/** Waits for a line of a process; gives what a pattern finds in it. */
async function printed(stream, pattern) {
  for await (const line of createInterface(stream)) {
    const found = pattern.exec(line);
    if (found) return found[1];
  }
  throw new Error(`it ended before it printed ${pattern}`);
}

/** Starts a command of the jar; ends it with everything else. */
function start(...command) {
  const started = spawn(java, ["-jar", jar, ...command], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  running.push(started);
  return started;
}

const running = [];

/** Takes the picture of what a search has found, and of where the first of it is. */
async function take(link, theme, picture) {
  const context = await browser.newContext({
    viewport: { width: 1180, height: 770 },
    deviceScaleFactor: 2,
    colorScheme: theme,
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
  });
  const page = await context.newPage();
  await page.clock.setFixedTime(NOW);
  await page.goto(link);
  await page.locator(".row").first().waitFor();
  const chosen = page.locator(".row", { hasText: SHOWN });
  const other = page.locator(".row", { hasNotText: SHOWN }).first();
  const copies = page.locator(".copies").getByText("holds it");
  // Where a memory is was asked when it was chosen, and the backends may only be starting then.
  for (let tries = 30; (await copies.count()) < 3; tries--) {
    if (tries === 0) throw new Error("a backend does not have the memory");
    await other.click();
    await chosen.click();
    await copies.nth(2).waitFor({ timeout: 2_000 }).catch(() => undefined);
  }
  await page.fill("input[type=search]", QUESTION);
  await page.locator(".row mark").first().waitFor();
  await page.locator(".gaps").waitFor({ state: "detached" });
  await copies.nth(2).waitFor();
  await page.evaluate(() => document.activeElement?.blur());
  await page.screenshot({ path: picture, animations: "disabled", caret: "hide" });
  await context.close();
  execFileSync("pngquant", ["--force", "--strip", "--quality", "80-100", "--speed", "1", "--output", picture, picture]);
  const bytes = statSync(picture).size;
  if (bytes > MOST_BYTES) throw new Error(`${picture} has ${bytes} bytes, a README should not need more than ${MOST_BYTES}`);
  console.log(`${picture}: ${bytes} bytes`);
}

mkdirSync(pictures, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--font-render-hinting=none"],
  env: { ...process.env, FONTCONFIG_FILE: join(folder, "fonts.conf") },
});
try {
  const team = start("serve", "--http", "127.0.0.1:0", "--db", join(folder, "team.db"));
  const url = await printed(team.stderr, /listens on (\S+\/mcp)/);
  const upstreams = {
    "knowledge-graph": { command: "node", args: [REFERENCE_SERVER], env: { MEMORY_FILE_PATH: join(folder, "graph.jsonl") } },
    team: { type: "http", url, contract: "unified" },
  };
  const options = ["--db", join(folder, "memory.db"), "--config", join(folder, "config.json"), "--default-user", "anna"];
  writeFileSync(join(folder, "config.json"), JSON.stringify({ upstreams }));
  writeFileSync(join(folder, "seed.jsonl"), archive());
  for (const command of [["import", join(folder, "seed.jsonl")], ["reconcile"]]) {
    execFileSync(java, ["-jar", jar, ...command, ...options], { env: environment, stdio: "ignore" });
  }
  for (const [theme, name] of [
    ["light", "memory-browser.png"],
    ["dark", "memory-browser-dark.png"],
  ]) {
    const page = start("browse", "--no-open", ...options);
    await take(await printed(page.stdout, /^(http\S+)/), theme, join(pictures, name));
    page.kill();
  }
} finally {
  await browser.close();
  await Promise.all(running.map((one) => one.exitCode ?? one.signalCode ?? new Promise((ended) => one.once("exit", ended).kill())));
  rmSync(folder, { recursive: true, force: true });
}
