// Builds the page and the app, which is the page that clients of MCP show, into the folders that are given, for Maven, unless
// they are there already from these very sources. Without a Node.js that can do it the program is built without its pages:
// nothing else of it needs Node.js.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const web = dirname(fileURLToPath(import.meta.url));
const [page, app, stamp] = process.argv.slice(2);
const [major, minor] = process.versions.node.split(".").map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.log(`the memory browser is left out: its page needs Node.js 20.19 or newer, not ${process.version}`);
  process.exit(0);
}

function digest(folder, hash = createHash("sha256")) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name === "node_modules" || entry.name === "dist") continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) digest(path, hash);
    else hash.update(path.slice(web.length)).update("\0").update(readFileSync(path)).update("\0");
  }
  return hash;
}

const sources = digest(web).digest("hex");
const built = existsSync(join(page, "index.html")) && existsSync(join(app, "app.html"));
if (built && existsSync(stamp) && readFileSync(stamp, "utf8") === sources) process.exit(0);

const run = (...command) =>
  execFileSync(command[0], command.slice(1), { cwd: web, stdio: ["ignore", "inherit", "inherit"], shell: process.platform === "win32" });

// The packages of this very lock, installed once: without a network they stay.
const lock = join(web, "package-lock.json");
const installed = join(web, "node_modules", ".installed-lock.json");
if (!existsSync(installed) || !readFileSync(installed).equals(readFileSync(lock))) {
  run("npm", "ci", "--loglevel=error", "--no-audit", "--no-fund");
  copyFileSync(lock, installed);
}
run("node", join("node_modules", "typescript", "bin", "tsc"), "--noEmit");
for (const [config, folder] of [
  ["vite.config.ts", page],
  ["vite.app.config.ts", app],
]) {
  run("node", join("node_modules", "vite", "bin", "vite.js"), "build", "--config", config, "--logLevel", "warn", "--outDir", folder, "--emptyOutDir");
}
mkdirSync(dirname(stamp), { recursive: true });
writeFileSync(stamp, sources);
