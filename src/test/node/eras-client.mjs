// Drives a server with the official TypeScript client 2.x in each of its ways to choose a revision of the protocol, through
// tools, resources, prompts, completion, a change that is listened to, and the question before everything is deleted. The one
// argument is JSON: {"command", "args", "env"} or {"url"}, with "mode": "legacy" | "auto" | {"pin": REVISION} and the
// "era" that is expected. Exits 0 when every reply was right.
import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const { mode, era, url, ...command } = JSON.parse(process.argv[2]);
const user = `eras-${JSON.stringify(mode).replace(/\W/g, '')}`;
const client = new Client(
  { name: 'eras-client', version: '1.0.0' },
  { capabilities: { elicitation: {} }, versionNegotiation: { mode } },
);
const questions = [];
let answer = { action: 'decline' };
client.setRequestHandler('elicitation/create', (request) => {
  questions.push(request.params.message);
  return answer;
});
await client.connect(
  url ? new StreamableHTTPClientTransport(new URL(url)) : new StdioClientTransport({ ...command, stderr: 'inherit' }),
);

async function call(name, args) {
  const { isError, content, structuredContent } = await client.callTool({ name, arguments: args });
  assert.ok(!isError, `${name}: ${content[0]?.text}`);
  return structuredContent;
}

try {
  assert.equal(client.getNegotiatedProtocolVersion(), era);
  assert.equal(client.getServerVersion().name, 'unified-memory');
  assert.ok((await client.listTools()).tools.some((tool) => tool.name === 'store'));
  await call('store', { user_id: user, key: 'tea', value: 'Darjeeling 🍵' });
  assert.equal((await call('retrieve', { user_id: user, key: 'tea' })).entry.value, 'Darjeeling 🍵');

  const uri = `memory://${user}/tea`;
  assert.ok((await client.listResources()).resources.some((resource) => resource.uri === uri));
  assert.equal((await client.readResource({ uri })).contents[0].text, 'Darjeeling 🍵');
  assert.equal((await client.listResourceTemplates()).resourceTemplates.length, 1);
  assert.ok((await client.listPrompts()).prompts.some((prompt) => prompt.name === 'recall'));
  const completed = await client.complete({
    ref: { type: 'ref/resource', uri: 'memory://{user_id}/{key}' },
    argument: { name: 'user_id', value: user.slice(0, -1) },
  });
  assert.deepEqual(completed.completion.values, [user]);

  const told = new Promise((resolve) => {
    client.setNotificationHandler('notifications/resources/updated', (notification) => resolve(notification.params.uri));
  });
  const listening =
    era === '2026-07-28'
      ? await client.listen({ resourceSubscriptions: [uri] })
      : await client.subscribeResource({ uri });
  await call('store', { user_id: user, key: 'tea', value: 'Assam' });
  assert.equal(await told, uri);
  await listening?.close?.();

  const everything = { name: 'delete', arguments: { user_id: user, all: true } };
  const declined = await client.callTool(everything);
  assert.ok(declined.isError, JSON.stringify(declined));
  answer = { action: 'accept', content: { confirm: true } };
  assert.equal((await call('delete', everything.arguments)).count, 1);
  assert.equal(questions.length, 2);
  await assert.rejects(client.readResource({ uri }));
} finally {
  await client.close();
}
