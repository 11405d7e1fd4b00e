// Drives a server with the official TypeScript SDK client through every tool. The one argument is JSON:
// {"command", "args", "env"}, or {"type": "http" | "sse", "url"}. Exits 0 when every reply was right; the client itself compiles each output schema and
// refuses structured content that does not match it.
import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const user = 'Zoë 佐藤';
const memories = {
  'plain': 'the answer is 42',
  'naïve/キー 🗝️': 'Grüße, 世界 👩🏽‍🚀 "quoted" \\ back\\slash\r\nsecond line\ttab\u0000nul\u2028separator مرحبا',
  'Error: x': 'Error: looks like a failure, is none',
};
const metadata = { tags: ['a', 'ü'], nested: { n: 1.5, big: 9007199254740991, none: null }, flag: true };

const client = new Client({ name: 'sdk-client', version: '1.0.0' });
const target = JSON.parse(process.argv[2]);
const transports = {
  http: () => new StreamableHTTPClientTransport(new URL(target.url)),
  sse: () => new SSEClientTransport(new URL(target.url)),
  stdio: () => new StdioClientTransport({ ...target, stderr: 'inherit' }),
};
await client.connect(transports[target.type ?? 'stdio']());

/** Calls a tool; but for a search the text must be the JSON of the structured content. */
async function call(name, args = {}) {
  const { isError, content, structuredContent } = await client.callTool({ name, arguments: args });
  assert.ok(!isError, `${name}: ${content[0]?.text}`);
  if (name !== 'search') {
    assert.deepEqual(JSON.parse(content[0].text), structuredContent);
  }
  return structuredContent;
}

try {
  const { tools } = await client.listTools();
  assert.deepEqual(
    tools.map((tool) => tool.name).sort(),
    [
      'cleanup', 'delete', 'get_all', 'health', 'history', 'reconcile', 'restore', 'retrieve', 'search', 'store', 'store_many',
    ],
  );

  const health = await call('health');
  assert.equal(health.status, 'ok', JSON.stringify(health));
  assert.equal(health.backends.reference.type, 'knowledge-graph');

  for (const [key, value] of Object.entries({ ...memories, doomed: 'gone soon' })) {
    const stored = await call('store', { user_id: user, key, value, metadata });
    assert.deepEqual(stored.backends, { sqlite: 'stored', reference: 'stored' });
  }
  for (const [key, value] of Object.entries(memories)) {
    const { found, entry, complete } = await call('retrieve', { user_id: user, key });
    assert.ok(found && complete);
    assert.deepEqual([entry.user_id, entry.key, entry.value, entry.metadata], [user, key, value, metadata]);
  }
  assert.equal((await call('retrieve', { user_id: 'somebody else', key: 'plain' })).found, false);

  const { results } = await call('search', { user_id: user, query: '世界' });
  assert.deepEqual(results.map((hit) => hit.key), ['naïve/キー 🗝️']);
  assert.deepEqual([...results[0].backends].sort(), ['reference', 'sqlite']);

  assert.deepEqual(results[0].matched, { fields: ['value'], words: ['世界'] });

  const long = `${'filler '.repeat(1500)}a heron in the reeds${' more'.repeat(1500)}`;
  await call('store', { user_id: user, key: 'long', value: long, metadata: { kind: 'story', n: 1 } });
  const heron = await call('search', {
    user_id: user, query: 'herons', order: 'recency', since: '2020-01-01', metadata: { kind: 'story', n: 1.0 }, key_prefix: 'lo',
  });
  assert.ok(heron.results[0].truncated && heron.results[0].value_chars === long.length);
  assert.ok(heron.results[0].matched.snippet.includes('a «heron» in the reeds'));
  const first = await call('search', { user_id: user, limit: 1 });
  const second = await call('search', { user_id: user, limit: 1, cursor: first.next_cursor });
  assert.notEqual(first.results[0].key, second.results[0].key);
  await call('delete', { user_id: user, key: 'long' });

  const deleted = await call('delete', { user_id: user, key: 'doomed' });
  assert.deepEqual([deleted.deleted, deleted.count], [true, 1]);
  assert.equal((await call('retrieve', { user_id: user, key: 'doomed' })).found, false);

  const { revisions } = await call('history', { user_id: user, key: 'doomed' });
  assert.deepEqual(revisions.map((one) => [one.value, one.how]), [['gone soon', 'deleted']]);
  assert.equal((await call('restore', { user_id: user, key: 'doomed' })).revision, revisions[0].revision);
  assert.equal((await call('retrieve', { user_id: user, key: 'doomed' })).entry.value, 'gone soon');
  await call('delete', { user_id: user, key: 'doomed', permanently: true });
  assert.deepEqual((await call('history', { user_id: user, key: 'doomed' })).revisions, []);

  const many = await call('store_many', { user_id: user, memories: [{ key: 'one', value: '1' }, { key: 'two' }] });
  assert.deepEqual(many.outcomes, ['stored', 'refused']);
  await call('delete', { user_id: user, key: 'one' });

  assert.equal((await call('cleanup', { user_id: user, max_age_days: 1 })).deleted, 0);
  const all = await call('get_all', { user_id: user });
  assert.deepEqual(all.memories, memories);
  assert.equal(all.total, 3);
} finally {
  await client.close();
}
