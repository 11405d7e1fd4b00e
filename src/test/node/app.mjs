// Is a client of MCP that shows apps: the AppBridge of the reference SDK in front of a real server, and the page in an iframe
// of Chromium, as strictly shut in as the specification of MCP Apps has it. Arguments: the address of a server, the token of
// its owner, and one that may only read. With a folder in SHOTS it leaves pictures there. Ends at the first thing that is not
// as it should be.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { AppBridge, RESOURCE_MIME_TYPE, getToolUiResourceUri } from "@modelcontextprotocol/ext-apps/app-bridge";
import { chromium } from "playwright-core";

const [url, owner, reader] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const HOSTILE = {
  key: 'hostile/<img src=x onerror="window.hacked=1">',
  value: "<script>window.hacked=1</script>\u202Egnp.exe\u202C \u{1F9EA}\u{1F468}\u200D\u{1F469} \u0007 tea end",
  metadata: { "<b>field</b>": "<svg onload='window.hacked=1'>", tags: ["<i>one</i>", "two"] },
};

// What a client permits a page by the specification that declares nothing from elsewhere.
const POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "font-src 'self'; media-src 'self' data:; connect-src 'none'; frame-src 'none'; object-src 'none'; base-uri 'self'";

async function client(token, extensions = { "io.modelcontextprotocol/ui": { mimeTypes: [RESOURCE_MIME_TYPE] } }) {
  const made = new Client({ name: "host", version: "1.0.0" }, { capabilities: { extensions } });
  const headers = { Authorization: `Bearer ${token}` };
  await made.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return made;
}

const complaints = [];
let html = "";
const web = createServer((request, response) => {
  if (request.url === "/view") {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY });
    response.end(html);
  } else if (request.url === "/") {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
    response.end(`<!doctype html><html lang="en"><title>Host</title><body style="margin:0"></body></html>`);
  } else {
    response.writeHead(204).end();
    if (request.url !== "/favicon.ico") complaints.push(`the page has asked for ${request.url}`);
  }
});
await new Promise((ready) => web.listen(0, "127.0.0.1", ready));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
let page;

/** Shows the page beside the result of a call, as a client does; gives what it has heard from the page. */
async function show(mcp, tool, given, { context = {}, capabilities = { serverTools: {}, updateModelContext: { text: {} } }, viewport = { width: 720, height: 900 } } = {}) {
  const { tools } = await mcp.listTools();
  const address = getToolUiResourceUri(tools.find((one) => one.name === tool));
  const [content] = (await mcp.readResource({ uri: address })).contents;
  assert.equal(content.mimeType, RESOURCE_MIME_TYPE);
  assert.deepEqual(content._meta.ui.csp, { connectDomains: [], resourceDomains: [] });
  html = content.text;

  const window = await browser.newContext({ viewport, reducedMotion: "reduce" });
  page = await window.newPage();
  page.setDefaultTimeout(15_000);
  page.on("pageerror", (e) => complaints.push(String(e)));
  page.on("console", (message) => message.type() === "error" && complaints.push(`${message.text()} ${message.location().url}`));
  const bridge = new AppBridge(mcp, { name: "host", version: "1.0.0" }, capabilities, { hostContext: context });
  const transport = {
    start: async () => {},
    close: async () => transport.onclose?.(),
    send: (message) => page.evaluate((data) => document.querySelector("iframe").contentWindow.postMessage(data, "*"), message),
  };
  const heard = { height: 0, model: [], calls: [] };
  await page.exposeFunction("fromView", (message) => {
    if (message.method === "tools/call") heard.calls.push(message.params.name);
    transport.onmessage?.(message);
  });
  bridge.addEventListener("sizechange", ({ height }) => {
    heard.height = height;
    void page.evaluate((px) => (document.querySelector("iframe").style.height = `${px}px`), height).catch(() => {});
  });
  bridge.onrequestdisplaymode = async ({ mode }) => {
    bridge.setHostContext({ ...context, displayMode: mode });
    return { mode };
  };
  bridge.onupdatemodelcontext = async ({ content: [said] }) => (heard.model.push(said.text), {});
  const initialized = new Promise((done) => bridge.addEventListener("initialized", done));
  await page.goto(`http://127.0.0.1:${web.address().port}/`);
  await bridge.connect(transport);
  await page.evaluate(() => {
    const view = document.createElement("iframe");
    view.setAttribute("sandbox", "allow-scripts");
    view.title = "App";
    view.style.cssText = "border:0;width:100%;height:100px";
    addEventListener("message", (event) => event.source === view.contentWindow && globalThis.fromView(event.data));
    view.src = "/view";
    document.body.append(view);
  });
  await initialized;
  await bridge.sendToolInput({ arguments: given });
  await bridge.sendToolResult(await mcp.callTool({ name: tool, arguments: given }));
  return { bridge, heard, view: page.frameLocator("iframe"), frame: page.frames()[1], leave: () => window.close() };
}

async function shot(name) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });
}

/** Nothing that people with other senses would miss (WCAG 2.2 AA). */
async function accessible(frame, where) {
  await shot(where);
  await frame.evaluate(axe);
  const { violations } = await frame.evaluate(() =>
    globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }),
  );
  const found = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target + " " + node.failureSummary).join(" | ")}`);
  assert.deepEqual(found, [], `${where} is not accessible`);
}

async function step(name, work) {
  try {
    await work();
  } catch (e) {
    await shot("failed").catch(() => {});
    console.error(`at: ${name}\n${e.stack}\n${complaints.join("\n")}`);
    await browser.close();
    process.exit(1);
  }
  console.log(name);
}

const mcp = await client(owner);
const read = async (key) => (await mcp.callTool({ name: "retrieve", arguments: { user_id: "anna", key } })).structuredContent.entry;

await step("who shows no pages is told of none", async () => {
  for (const extensions of [{}, { "io.modelcontextprotocol/ui": { mimeTypes: ["text/html"] } }]) {
    const plain = await client(owner, extensions);
    assert.ok((await plain.listTools()).tools.every((tool) => tool._meta === undefined));
    assert.equal(plain.getServerCapabilities().extensions, undefined);
    await plain.close();
  }
  const named = (await mcp.listTools()).tools.filter((tool) => getToolUiResourceUri(tool)).map((tool) => tool.name);
  assert.deepEqual(named, ["search", "get_all"]);
  assert.deepEqual(mcp.getServerCapabilities().extensions, { "io.modelcontextprotocol/ui": {} });
});

await step("seed", async () => {
  const store = (key, value, metadata = {}, more = {}) =>
    mcp.callTool({ name: "store", arguments: { user_id: "anna", key, value, metadata, ...more } });
  for (let i = 0; i < 23; i++) await store(`note/${i}`, `Note ${i} about coffee`);
  await store("preferences/tea", "Green tea, no sugar.", { topic: "drinks" }, { expires_in: "90d" });
  await store("people/mira", "Mira leads the data team, and drinks tea.");
  await store("zz/long", `tea ${"long ".repeat(20_000)}`);
  await store(HOSTILE.key, HOSTILE.value, HOSTILE.metadata);
});

await step("what a search found, and why", async () => {
  const { heard, view, frame, leave } = await show(mcp, "search", { user_id: "anna", query: "green tea" });
  await view.locator(".app-row", { hasText: "preferences/tea" }).waitFor();
  assert.equal(await view.getByLabel("Search memories").inputValue(), "green tea");
  await accessible(frame, "app-list");
  await view.locator(".app-row", { hasText: "preferences/tea" }).click();
  await view.getByText("Why it matched").waitFor();
  await view.getByText("drinks", { exact: true }).waitFor();
  assert.match(await view.locator(".value").innerText(), /Green tea, no sugar\./);
  assert.deepEqual(heard.calls, [], "what the client has given is not asked for again");
  await accessible(frame, "app-memory");
  const height = await frame.evaluate(() => document.getElementById("page").getBoundingClientRect().height);
  assert.equal(heard.height, Math.ceil(height), "all of it can be seen");

  await view.getByRole("button", { name: "All memories" }).click();
  await view.getByLabel("Search memories").fill("mira");
  await view.getByLabel("Search memories").press("Enter");
  await view.locator(".app-row", { hasText: "people/mira" }).waitFor();
  await view.locator(".app-row", { hasText: "preferences/tea" }).waitFor({ state: "detached" });
  assert.deepEqual(heard.calls, ["search"]);
  await leave();
});

await step("hostile", async () => {
  const { view, frame, leave } = await show(mcp, "search", { user_id: "anna", query: "gnp.exe" });
  await view.locator(".app-row", { hasText: "hostile/" }).click();
  await view.locator(".value").waitFor();
  assert.equal(await view.locator("main script, main img, main svg:not(.icon)").count(), 0);
  const shown = await view.locator(".value").textContent();
  assert.ok(shown.includes("<script>window.hacked=1</script>"));
  for (const code of ["U+202E", "U+202C", "U+0007"]) assert.ok(shown.includes(code), `${code} is not shown`);
  assert.ok(!/[\u202a-\u202e]/.test(await view.locator("#page").textContent()), "a text can turn its direction");
  assert.equal(await frame.evaluate(() => globalThis.hacked), undefined);
  const refused = await frame.evaluate(() => {
    try {
      document.createElement("p").innerHTML = "<b>text</b>";
      return "";
    } catch (e) {
      return e.message;
    }
  });
  assert.match(refused, /TrustedHTML/);
  complaints.splice(0, complaints.length, ...complaints.filter((one) => !/TrustedHTML/.test(one)));
  await accessible(frame, "app-hostile");
  await leave();
});

await step("a list, in dark, and how it follows the client", async () => {
  const { bridge, heard, view, frame, leave } = await show(mcp, "get_all", { user_id: "anna", limit: 12 }, {
    context: { theme: "dark", displayMode: "inline", availableDisplayModes: ["inline", "fullscreen"] },
  });
  await view.locator(".app-row").first().waitFor();
  assert.equal(await view.locator(".app-row").count(), 5);
  await view.getByRole("button", { name: "Enlarge" }).click();
  await view.locator(".app-row").nth(11).waitFor();
  assert.equal(await view.getByRole("button", { name: /Enlarge|Show all/ }).count(), 0);
  bridge.setHostContext({ theme: "dark", displayMode: "inline" });
  await view.getByRole("button", { name: "Show all" }).click();
  await view.getByRole("button", { name: "Show more" }).click();
  await view.locator(".app-row").nth(23).waitFor();
  await accessible(frame, "app-dark");
  // What is too long for a page with others has one of its own.
  for (const key of ["preferences/tea", "zz/long"]) {
    await view.getByRole("button", { name: "Show more" }).click();
    await view.locator(".app-row", { hasText: key }).waitFor();
  }
  await view.locator(".app-row", { hasText: "zz/long" }).click();
  await view.getByText("Created").waitFor();
  assert.deepEqual(heard.calls, ["get_all", "get_all", "get_all", "retrieve"], "get_all tells no times");
  await view.getByRole("button", { name: "Read on" }).click();
  await frame.waitForFunction(() => document.querySelector(".value").textContent.length > 60_000);
  assert.equal(await view.getByRole("button", { name: "Edit" }).count(), 0, "a part of a text cannot be edited");

  const ground = () => frame.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await ground();
  bridge.setHostContext({ theme: "light" });
  await frame.waitForFunction((before) => getComputedStyle(document.body).backgroundColor !== before, dark);
  const colours = {
    "--color-background-primary": "rgb(250, 240, 230)",
    "--color-background-secondary": "rgb(240, 230, 220)",
    "--color-text-primary": "rgb(20, 20, 20)",
    "--color-text-secondary": "rgb(70, 70, 70)",
    "--color-border-primary": "rgb(200, 190, 180)",
  };
  bridge.setHostContext({ theme: "light", styles: { variables: colours } });
  await frame.waitForFunction(() => getComputedStyle(document.body).backgroundColor === "rgb(250, 240, 230)");
  await view.getByRole("button", { name: "All memories" }).click();
  await accessible(frame, "app-colours");
  await bridge.teardownResource({});
  await leave();
});

await step("a person corrects and deletes, and is asked before", async () => {
  const { heard, view, frame, leave } = await show(mcp, "search", { user_id: "anna", query: "green tea" });
  const before = await read("preferences/tea");
  await view.locator(".app-row", { hasText: "preferences/tea" }).click();
  await view.getByText("Expires").waitFor();
  await view.getByRole("button", { name: "Edit" }).click();
  await view.getByLabel("Text").fill("Black tea, no sugar.");
  await view.getByRole("button", { name: "Save" }).click();
  await view.getByRole("alertdialog").waitFor();
  await accessible(frame, "app-replace");
  assert.equal((await read("preferences/tea")).value, "Green tea, no sugar.", "nothing is changed before the answer");
  await view.getByRole("button", { name: "Replace" }).click();
  await view.getByText("Saved.").waitFor();
  const now = await read("preferences/tea");
  assert.equal(now.value, "Black tea, no sugar.");
  assert.deepEqual(now.metadata, { topic: "drinks" });
  assert.equal(now.expires_at, before.expires_at);

  await view.getByRole("button", { name: "Edit" }).click();
  await view.getByLabel("Text").fill("My own text.");
  await mcp.callTool({ name: "store", arguments: { user_id: "anna", key: "preferences/tea", value: "Of somebody else." } });
  await view.getByRole("button", { name: "Save" }).click();
  await view.getByRole("button", { name: "Replace" }).click();
  await view.getByText("changed or deleted meanwhile").waitFor();
  assert.equal((await read("preferences/tea")).value, "Of somebody else.");

  await view.getByRole("button", { name: "Delete" }).click();
  await view.getByRole("button", { name: "Keep it" }).click();
  assert.ok(await read("preferences/tea"));
  await view.getByRole("button", { name: "Delete" }).click();
  await view.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await view.getByText("Deleted “preferences/tea”.").waitFor();
  assert.equal(await read("preferences/tea"), undefined);
  assert.equal(await view.locator(".app-row", { hasText: "preferences/tea" }).count(), 0);
  assert.match(heard.model.at(-1), /replaced the memory "preferences\/tea" by: "Black tea, no sugar."; then deleted/);
  await leave();
});

await step("who may only read is refused by the server", async () => {
  const reads = await client(reader);
  const { view, leave } = await show(reads, "search", { user_id: "anna", query: "mira" }, { viewport: { width: 390, height: 700 } });
  await view.locator(".app-row", { hasText: "people/mira" }).click();
  await shot("app-phone");
  await view.getByRole("button", { name: "Delete" }).click();
  await view.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await view.locator(".said.failed").waitFor();
  assert.ok(await read("people/mira"));
  await leave();
  await reads.close();
});

await step("a client that calls no tools still shows what was found, and what failed", async () => {
  const { view, frame, leave } = await show(mcp, "search", { user_id: "anna", query: "mira" }, { capabilities: {} });
  await view.locator(".app-row", { hasText: "people/mira" }).click();
  await view.locator(".value").waitFor();
  assert.equal(await view.locator("input").count(), 0);
  assert.equal(await view.getByRole("button", { name: /Edit|Delete/ }).count(), 0);
  await leave();
  const failed = await show(mcp, "search", { user_id: "" });
  await failed.view.getByText("user_id").first().waitFor();
  await accessible(failed.frame, "app-failed");
  await failed.leave();
});

assert.deepEqual(complaints, []);
await mcp.close();
await browser.close();
web.close();
