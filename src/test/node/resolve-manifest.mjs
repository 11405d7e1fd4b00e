// Prints how a client would start an unpacked bundle whose user left every option empty: the server entry as JSON.
// Argument: the folder of the bundle.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getMcpConfigForManifest } from "@anthropic-ai/mcpb";

const folder = process.argv[2];
const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
const entry = await getMcpConfigForManifest({
  manifest,
  extensionPath: folder,
  systemDirs: {},
  userConfig: {},
  pathSeparator: "/",
  logger: console,
});
process.stdout.write(JSON.stringify(entry));
