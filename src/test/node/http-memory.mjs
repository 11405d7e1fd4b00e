// The reference memory server over HTTP: Streamable HTTP at /mcp, server-sent events at /sse. Environment: MEMORY_FILE_PATH,
// REQUIRED_HEADER as "name: value" (requests without it get 401), PORT (0 for any). Prints {"port": N} and then one
// line {"method": M, "url": U} per request; ends with its standard input.
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const reference = fileURLToPath(new URL('node_modules/@modelcontextprotocol/server-memory/dist/index.js', import.meta.url));
const memory = new Client({ name: 'http-memory', version: '1' });
await memory.connect(
  new StdioClientTransport({
    command: process.execPath,
    args: [reference],
    env: { ...process.env },
    stderr: 'inherit',
  }),
);

function newServer() {
  const server = new Server({ name: 'http-memory', version: '1' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => memory.listTools());
  server.setRequestHandler(CallToolRequestSchema, (request) => memory.callTool(request.params));
  return server;
}

const sessions = new Map();

async function streamable(request, response) {
  const id = request.headers['mcp-session-id'];
  if (id !== undefined) {
    const known = sessions.get(id);
    return known ? known.handleRequest(request, response) : response.writeHead(404).end('session not found');
  }
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (started) => sessions.set(started, transport),
    onsessionclosed: (closed) => sessions.delete(closed),
  });
  await newServer().connect(transport);
  return transport.handleRequest(request, response);
}

async function listen(response) {
  const transport = new SSEServerTransport('/messages', response);
  sessions.set(transport.sessionId, transport);
  response.on('close', () => sessions.delete(transport.sessionId));
  await newServer().connect(transport);
}

const [headerName, headerValue] = (process.env.REQUIRED_HEADER ?? '').split(': ');
const http = createServer(async (request, response) => {
  console.log(JSON.stringify({ method: request.method, url: request.url }));
  const url = new URL(request.url, 'http://127.0.0.1');
  if (headerName && request.headers[headerName.toLowerCase()] !== headerValue) {
    response.writeHead(401).end('who are you?');
  } else if (url.pathname === '/mcp') {
    await streamable(request, response);
  } else if (url.pathname === '/sse') {
    await listen(response);
  } else if (url.pathname === '/messages' && sessions.has(url.searchParams.get('sessionId'))) {
    await sessions.get(url.searchParams.get('sessionId')).handlePostMessage(request, response);
  } else {
    response.writeHead(404).end('not found');
  }
});
http.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(JSON.stringify({ port: http.address().port })));
process.stdin.on('end', () => process.exit(0)).resume();
