// The main job, shown: arguments are the java command and the jar. See scripts/demo.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { REFERENCE_SERVER } from './reference.mjs';

const [java, jar] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'unified-memory-demo-'));
const database = join(folder, 'memory.db');
const graph = join(folder, 'graph.jsonl');
const memory = {
  user_id: 'anna',
  key: 'favourite-tea',
  value: `Anna drinks Darjeeling, second flush 🍵 (told on ${new Date().toISOString()})`,
  metadata: { source: 'demo' },
};

/** The server's own environment: whatever the caller configured for a real server must not reach the demo. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('UNIFIED_MEMORY_')),
);

let step = 0;
const say = (line) => console.log(`${++step}. ${line}`);

/** Calls a tool; a tool error is an exception. */
async function call(client, name, args) {
  const result = await client.callTool({ name, arguments: args });
  assert.ok(!result.isError, `${name} failed: ${result.content[0]?.text}`);
  return result.structuredContent;
}

async function demonstrate(client) {
  const { name, version } = client.getServerVersion();
  const { tools } = await client.listTools();
  say(`${name} ${version} answers over stdio with the tools ${tools.map((tool) => tool.name).join(', ')}`);

  const { backends } = await call(client, 'health', {});
  for (const [backend, state] of Object.entries(backends)) assert.ok(state.up, `${backend} is down: ${state.detail}`);
  say(`health: ${Object.entries(backends).map(([backend, { type }]) => `${backend} (${type}) is up`).join(', ')}`);

  const stored = await call(client, 'store', memory);
  assert.deepEqual(stored.backends, { sqlite: 'stored', reference: 'stored' });
  say(`store "${memory.key}" of ${memory.user_id}: ${stored.durability}, ${JSON.stringify(stored.backends)}`);

  const { found, entry, source } = await call(client, 'retrieve', { user_id: memory.user_id, key: memory.key });
  assert.ok(found);
  assert.deepEqual({ value: entry.value, metadata: entry.metadata }, { value: memory.value, metadata: memory.metadata });
  say(`retrieve, answered by ${source}: ${entry.value}`);

  const { results } = await call(client, 'search', { user_id: memory.user_id, query: 'darjeeling' });
  assert.equal(results[0]?.key, memory.key);
  say(`search "darjeeling": found "${results[0].key}", held by ${results[0].backends.join(' and ')}`);
}

/** Asks a second server that knows the database only. */
function showDatabase() {
  const question = JSON.stringify({ user_id: memory.user_id, key: memory.key });
  const answer = execFileSync(java, ['-jar', jar, 'call', 'retrieve', question, '--db', database], {
    encoding: 'utf8',
    env: environment,
  });
  assert.ok(answer.includes('Darjeeling, second flush'), `not in SQLite: ${answer}`);
  say(`SQLite alone (a new process on ${database}, no upstream) has it too`);
}

/** Reads the upstream's file without asking anybody. */
function showGraph() {
  const line = readFileSync(graph, 'utf8').split('\n').find((text) => text.includes('Darjeeling, second flush'));
  assert.ok(line, `not in ${graph}`);
  say(`the reference server's own file has it: ${line}`);
}

try {
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify({
    upstreams: {
      reference: { command: process.execPath, args: [REFERENCE_SERVER], env: { MEMORY_FILE_PATH: graph }, timeoutMs: 30_000 },
    },
  }));
  const client = new Client({ name: 'demo', version: '1.0.0' });
  await client.connect(new StdioClientTransport({
    command: java,
    args: ['-jar', jar, '--config', config, '--db', database],
    env: environment,
  }));
  try {
    await demonstrate(client);
  } finally {
    await client.close();
  }
  showDatabase();
  showGraph();
  console.log('Done: one store, kept twice, found again.');
} catch (error) {
  console.error(`The demo failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
