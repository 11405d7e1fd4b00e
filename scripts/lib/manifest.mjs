// Derives from mcp-manifest.json what goes into a bundle and what goes into the MCP registry.
//   manifest.mjs stage MANIFEST TARGET [PLATFORM]     the manifest of a bundle; with PLATFORM (linux-x64) of one with a runtime
//   manifest.mjs registry MANIFEST TARGET URL BUNDLE...   server.json for bundles that are published below a URL
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

const [action, source, target, ...rest] = process.argv.slice(2);
const manifest = JSON.parse(readFileSync(source, "utf8"));

/** A bundle with a runtime is for one platform, and is the program alone: it needs no Java. */
function bundled(platform) {
  const system = platform.split("-")[0];
  const runtime = { command: "${__dirname}/server/runtime/bin/java.exe" };
  Object.assign(manifest.server.mcp_config.platform_overrides.win32, runtime);
  return {
    ...manifest,
    long_description: manifest.long_description.replace(/ Needs Java [^.]*\./, " Brings its own Java runtime."),
    compatibility: { ...manifest.compatibility, platforms: [system] },
  };
}

function registry(url, bundles) {
  return {
    $schema: "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
    name: `io.unifiedmemory/${manifest.name}`,
    title: manifest.display_name,
    description: manifest.description,
    version: manifest.version,
    packages: bundles.map((bundle) => ({
      registryType: "mcpb",
      identifier: `${url.replace(/\/$/, "")}/${basename(bundle)}`,
      fileSha256: createHash("sha256").update(readFileSync(bundle)).digest("hex"),
      transport: { type: "stdio" },
    })),
  };
}

const made = {
  stage: () => (rest.length === 0 ? manifest : bundled(rest[0])),
  registry: () => registry(rest[0], rest.slice(1)),
}[action]();
writeFileSync(target, JSON.stringify(made, null, 2) + "\n");
