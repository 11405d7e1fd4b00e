// Calls per second over HTTP, of this server and of others beside it: see scripts/http-benchmark.
// Arguments: FILE with a JSON array of {"name", "command", "args", "tools"} of programs that print where they listen on
// standard error, how many seconds each measurement takes, and how many rounds there are.
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const [file, seconds, rounds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const CLIENTS = [1, 8, 64];
const MEMORIES = 1000;
/** Until the JVM has compiled what is called: some 100,000 calls. */
const WARM_SECONDS = 10;
const TICKS_PER_SECOND = 100;
const SCRIPT = fileURLToPath(new URL('http-benchmark.lua', import.meta.url));
const SESSION = '2025-11-25';
const STATELESS = '2026-07-28';

class Server {
  #sessions = [];

  constructor(program) {
    Object.assign(this, program);
    this.child = spawn(program.command, program.args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.url = new Promise((resolve, reject) => {
      let said = '';
      this.child.stderr.setEncoding('utf8').on('data', (text) => {
        said += text;
        const address = /listens on (\S+\/mcp)/.exec(said);
        if (address) resolve(address[1]);
      });
      this.child.on('exit', () => reject(new Error(`${this.name} ended: ${said}`)));
    });
  }

  async #post(message, headers) {
    const response = await fetch(await this.url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...headers },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    });
    const text = await response.text();
    if (!response.ok || (message.id && !JSON.parse(text).result) || text.includes('"isError":true')) {
      throw new Error(`${this.name} answered ${JSON.stringify(message)} with ${response.status} ${text}`);
    }
    return response;
  }

  async #openSession() {
    const hello = { protocolVersion: SESSION, capabilities: {}, clientInfo: { name: 'benchmark', version: '1' } };
    const answer = await this.#post({ id: 1, method: 'initialize', params: hello }, {});
    const session = answer.headers.get('mcp-session-id');
    await this.#post({ method: 'notifications/initialized' }, { 'MCP-Protocol-Version': SESSION, 'Mcp-Session-Id': session });
    this.#sessions.push(session);
  }

  /** Opens a session for each client and stores what is read, so that each tool was seen to succeed. */
  async prepare() {
    for (let i = 0; i < Math.max(...CLIENTS); i++) await this.#openSession();
    for (const tool of this.tools) {
      for (let i = 0; i < MEMORIES; i++) {
        const args = { user_id: 'benchmark', key: `key ${i}`, ...(tool === 'store' && { value: `Memory ${i}: the tea is green.` }) };
        const session = { 'MCP-Protocol-Version': SESSION, 'Mcp-Session-Id': this.#sessions[i % this.#sessions.length] };
        await this.#post({ id: i + 1, method: 'tools/call', params: { name: tool, arguments: tool === 'noop' ? {} : args } }, session);
      }
    }
  }

  /** Microseconds of processor time so far, from /proc; NaN where there is none. */
  #cpu() {
    try {
      const stat = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
      return ((Number(stat[11]) + Number(stat[12])) / TICKS_PER_SECOND) * 1e6;
    } catch {
      return NaN;
    }
  }

  async measure(tool, era, clients, duration, run) {
    const env = { ...process.env, TOOL: tool, MEMORIES, RUN: run, SESSIONS: era === SESSION ? this.#sessions.slice(0, clients).join() : '' };
    const before = this.#cpu();
    const { stdout } = await promisify(execFile)(
      'wrk',
      ['--threads', 1, '--connections', clients, '--duration', `${duration}s`, '--latency', '--script', SCRIPT, await this.url].map(String),
      { env },
    );
    const cpu = this.#cpu() - before;
    const failed = /Non-2xx.*|Socket errors.*/.exec(stdout);
    if (failed) throw new Error(`${this.name}, ${tool}, ${era}, ${clients} clients: ${failed[0]}`);
    const calls = Number(/(\d+) requests in/.exec(stdout)[1]);
    return { perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]), p99: milliseconds(/^ +99%\s+(\S+)/m.exec(stdout)[1]), cpu: cpu / calls };
  }
}

/** A time as wrk prints it. */
function milliseconds(text) {
  const [, number, unit] = /([\d.]+)(us|ms|s)/.exec(text);
  return Number(number) * { us: 0.001, ms: 1, s: 1000 }[unit];
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function cell(runs) {
  const of = (field) => median(runs.map((run) => run[field]));
  const cpu = of('cpu');
  return `${Math.round(of('perSecond')).toLocaleString('en-US')} / ${of('p99').toFixed(2)}${Number.isNaN(cpu) ? '' : ` / ${Math.round(cpu)}`}`;
}

const servers = JSON.parse(readFileSync(file, 'utf8')).map((program) => new Server(program));
const rows = servers.flatMap((server) => [SESSION, STATELESS].flatMap((era) => server.tools.map((tool) => ({ server, era, tool, runs: CLIENTS.map(() => []) }))));
let runs = 0;
const measure = (row, clients, duration) => row.server.measure(row.tool, row.era, clients, duration, `run ${++runs}`);

try {
  for (const server of servers) await server.prepare();
  for (const row of rows) await measure(row, 8, WARM_SECONDS);
  for (let round = 0; round < rounds; round++) {
    for (const [i, clients] of CLIENTS.entries()) {
      for (const row of rows) row.runs[i].push(await measure(row, clients, seconds));
    }
  }
} finally {
  for (const server of servers) server.child.kill('SIGKILL');
}

console.log(`calls per second / p99 in ms / microseconds of the server's processor time per call; ${MEMORIES} memories; median of ${rounds} rounds of ${seconds} s\n`);
console.log(`| | ${CLIENTS.map((clients) => `${clients} client${clients > 1 ? 's' : ''}`).join(' | ')} |\n|${' --- |'.repeat(CLIENTS.length + 1)}`);
for (const era of [SESSION, STATELESS]) {
  for (const row of rows.filter((each) => each.era === era)) {
    console.log(`| ${era === SESSION ? 'session' : 'stateless'}, ${row.server.name}: ${row.tool} | ${row.runs.map(cell).join(' | ')} |`);
  }
}
