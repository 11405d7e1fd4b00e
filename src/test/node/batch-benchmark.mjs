// Many memories at once, and what a healthy upstream of the same program adds: see scripts/batch-benchmark.
// Arguments: FILE with a JSON array of {"name", "command", "args", "env"}, and how many memories are stored at once.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, oneAtATime } from './benchmark-client.mjs';

const [file, memories] = [process.argv[2], Number(process.argv[3] ?? 100000)];
const AT_ONCE = 500;
const IN_FLIGHT = 4;
const WARM_UP = 1000;
const CALLS = 2000;
const LOOK_MS = 500;
const WORDS = `the deadline of the project moved to friday because anna said so in the meeting about tea and coffee that nobody had
planned for this quick brown fox who jumps over a lazy dog every morning`.split(/\s+/);
const text = (i) => Array.from({ length: 20 }, (_, k) => WORDS[(i * 7 + k * k * 31) % WORDS.length]).join(' ') + ` number ${i}`;

/** The program with an upstream: the same program on a file of its own, or one that does not start. */
function beside(program, folder, command = program.command) {
  const configuration = join(folder, 'upstream.json');
  const env = { ...program.env, UNIFIED_MEMORY_DB: join(folder, 'upstream.db'), UNIFIED_MEMORY_CONFIG: '' };
  writeFileSync(configuration, JSON.stringify({ upstreams: { team: { command, args: [], env } } }));
  return { ...program, args: [...program.args, '--config', configuration] };
}

async function using(program, folder, work) {
  const client = await new Client(program, folder).start();
  try {
    return await work(client, (name, args) => client.ask('tools/call', { name, arguments: args }));
  } finally {
    client.child.removeAllListeners('exit');
    const ended = new Promise((resolve) => client.child.on('exit', resolve));
    client.child.stdin.end();
    await ended;
  }
}

async function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'batch-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Stores them by store_many; returns seconds, processor seconds of the server and its largest memory in MB. */
async function storeAll(client, call) {
  let next = 0;
  const [begin, cpu] = [performance.now(), client.cpuSeconds()];
  const worker = async () => {
    while (next < memories) {
      const first = next;
      next += AT_ONCE;
      const batch = Array.from({ length: Math.min(AT_ONCE, memories - first) }, (_, j) => ({ key: `note/${first + j}`, value: text(first + j) }));
      const { structuredContent } = await call('store_many', { user_id: 'benchmark', memories: batch });
      if (!['local', 'replicated', 'queued'].includes(structuredContent.durability)) throw new Error(JSON.stringify(structuredContent));
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  return [seconds, (client.cpuSeconds() - cpu).toFixed(1), Math.round(client.state('VmHWM') / 1024)];
}

const one = (call) => (i) => call('store', { user_id: 'one', key: `key ${i}`, value: text(i) });
const pending = async (call) => (await call('health', {})).structuredContent.backends.team.pending;

/** How many memories per second reach an upstream that was away. */
const drain = (program) => inFolder(async (folder) => {
  await using(beside(program, folder, '/bin/false'), folder, storeAll);
  return using(beside(program, folder), folder, async (client, call) => {
    const begin = performance.now();
    while ((await pending(call)) > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    return Math.round((memories / (performance.now() - begin)) * 1000);
  });
});

/** One by one, first without the upstream, then with it, while both servers run. */
const oneByOne = (program) => inFolder((folder) => inFolder((other) =>
  using(program, folder, (_, alone) => using(beside(program, other), other, async (__, replicated) => {
    for (const call of [alone, replicated]) await oneAtATime(WARM_UP, one(call));
    return [await oneAtATime(CALLS, (i) => one(alone)(WARM_UP + i)), await oneAtATime(CALLS, (i) => one(replicated)(WARM_UP + i))];
  }))));

console.log(`store_many of ${memories}, ${AT_ONCE} a call, ${IN_FLIGHT} calls in flight: seconds / processor seconds / peak MB; store: p50 / p99 in ms\n`);
console.log('| program | store_many | with a healthy upstream | store | with a healthy upstream | delivered per second to an upstream that was away |');
console.log('| --- | --- | --- | --- | --- | --- |');
for (const program of JSON.parse(readFileSync(file, 'utf8'))) {
  const alone = await inFolder((folder) => using(program, folder, storeAll));
  const replicated = await inFolder((folder) => using(beside(program, folder), folder, storeAll));
  const row = [program.name, alone.join(' / '), replicated.join(' / '), ...(await oneByOne(program)), await drain(program)];
  console.log(`| ${row.join(' | ')} |`);
}
