// Start-up of the server in each way of starting it, beside other programs: see scripts/startup-benchmark.
// Arguments: FILE with a JSON array of {"name", "command", "args", "env", "speaks"}, and how many rounds. A program that
// speaks MCP is timed to its reply to initialize and to its first write; another to its end.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [file, rounds] = [process.argv[2], Number(process.argv[3] ?? 15)];
const programs = JSON.parse(readFileSync(file, 'utf8'));
const TICKS_PER_SECOND = 100;

const firstWrite = {
  memory: ['store', { user_id: 'benchmark', key: 'first', value: 'the first memory' }],
  graph: ['create_entities', { entities: [{ name: 'first', entityType: 'memory', observations: ['the first memory'] }] }],
};

/** CPU seconds and peak megabytes of a process so far, from /proc; zeros where there is none. */
function consumed(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return { cpu: (Number(stat[11]) + Number(stat[12])) / TICKS_PER_SECOND, peak: Number(peak[1]) / 1024 };
  } catch {
    return { cpu: 0, peak: 0 };
  }
}

async function measure(program) {
  const folder = mkdtempSync(join(tmpdir(), 'startup-'));
  const env = { ...process.env, UNIFIED_MEMORY_DB: join(folder, 'm.db'), MEMORY_FILE_PATH: join(folder, 'm.jsonl'), ...program.env };
  const start = performance.now();
  const child = spawn(program.command, program.args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  try {
    if (!program.speaks) {
      await ended;
      return { end: performance.now() - start };
    }
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ask = async (id, method, params) => {
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`${program.name} ended before its answer to ${method}`);
        const message = JSON.parse(value);
        if (message.id === id && (message.error || message.result.isError)) throw new Error(`${program.name}: ${value}`);
        if (message.id === id) return performance.now() - start;
      }
    };
    const clientInfo = { name: 'benchmark', version: '1' };
    const initialize = await ask(1, 'initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
    child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
    const [tool, args] = firstWrite[program.speaks];
    const write = await ask(2, 'tools/call', { name: tool, arguments: args });
    return { initialize, write, ...consumed(child.pid) };
  } finally {
    child.stdin.end();
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

const results = new Map(programs.map((program) => [program, []]));
for (let round = 0; round <= rounds; round++) {
  for (const program of programs) {
    const result = await measure(program);
    if (round > 0) results.get(program).push(result); // The first round fills the caches of the machine.
  }
}

const cell = (runs, field, digits) =>
  runs[0][field] === undefined ? '' : `${median(runs.map((run) => run[field])).toFixed(digits)}`;
const best = (runs, field) => (runs[0][field] === undefined ? '' : ` [${Math.min(...runs.map((run) => run[field])).toFixed(0)}]`);
console.log(`median of ${rounds} rounds, each program once per round [best], milliseconds\n`);
console.log('| program | `initialize` reply | first write acknowledged | end | CPU s | peak MB |\n| --- | --- | --- | --- | --- | --- |');
for (const [program, runs] of results) {
  const times = ['initialize', 'write', 'end'].map((field) => cell(runs, field, 0) + best(runs, field));
  console.log(`| ${[program.name, ...times, cell(runs, 'cpu', 2), cell(runs, 'peak', 0)].join(' | ')} |`);
}
