// The TypeScript SDK's HTTP server, as lean as it goes: Streamable HTTP with sessions, and revision 2026-07-28 without, both
// answering in JSON. Tools: noop, and store and retrieve over a Map, which is gone with the process. For
// scripts/http-benchmark; prints where it listens on standard error and ends when it is killed.
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import { NodeStreamableHTTPServerTransport, toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';

const memories = new Map();
const tools = {
  noop: () => ({ done: true }),
  store: ({ user_id, key, value }) => {
    memories.set(`${user_id}\n${key}`, value);
    return { stored: true };
  },
  retrieve: ({ user_id, key }) => {
    const value = memories.get(`${user_id}\n${key}`);
    return { found: value !== undefined, entry: { user_id, key, value } };
  },
};

function newServer() {
  const server = new Server({ name: 'peer', version: '1' }, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/call', ({ params }) => {
    const structuredContent = tools[params.name](params.arguments);
    return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent };
  });
  return server;
}

const sessions = new Map();

async function inSession(request, response) {
  const id = request.headers['mcp-session-id'];
  if (id !== undefined) {
    return sessions.get(id).handleRequest(request, response);
  }
  const transport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse: true,
    onsessioninitialized: (started) => sessions.set(started, transport),
  });
  await newServer().connect(transport);
  return transport.handleRequest(request, response);
}

const stateless = toNodeHandler(createMcpHandler(newServer, { legacy: 'reject', responseMode: 'json' }));
const http = createServer((request, response) =>
  (request.headers['mcp-protocol-version'] === '2026-07-28' ? stateless : inSession)(request, response),
);
http.listen(0, '127.0.0.1', () => console.error(`listens on http://127.0.0.1:${http.address().port}/mcp`));
