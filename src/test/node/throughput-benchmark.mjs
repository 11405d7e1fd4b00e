// The steady state of each way of starting the server: see scripts/throughput-benchmark.
// Arguments: FILE with a JSON array of {"name", "command", "args", "env", "speaks"}, how many memories each holds, and how
// many calls are measured. `ping` is the floor: what protocol, pipe and scheduling cost without a memory. Then the server is
// left alone: how often its threads wake up by themselves.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, oneAtATime } from './benchmark-client.mjs';

const [file, entries, calls] = [process.argv[2], Number(process.argv[3] ?? 1000), Number(process.argv[4] ?? 5000)];
const IN_FLIGHT = 8;
const IDLE_SECONDS = Number(process.argv[5] ?? 60);
const text = (i) => `Memory ${i} of the benchmark: the ${i % 7} o'clock tea is green, the coffee black. ${'x'.repeat(i % 120)}`;
const tool = (name, args) => ['tools/call', { name, arguments: args }];
const operations = {
  memory: {
    store: (i) => tool('store', { user_id: 'benchmark', key: `key ${i}`, value: text(i) }),
    retrieve: (i) => tool('retrieve', { user_id: 'benchmark', key: `key ${i}` }),
    holds: (result) => result.structuredContent.found === true,
  },
  graph: {
    store: (i) => tool('create_entities', { entities: [{ name: `key ${i}`, entityType: 'memory', observations: [text(i)] }] }),
    retrieve: (i) => tool('open_nodes', { names: [`key ${i}`] }),
    holds: (result) => result.content[0].text.includes('Memory'),
  },
};

/** How often each thread of a server has given up the processor, by its name. */
function switches(client) {
  const tasks = `/proc/${client.child.pid}/task`;
  return readdirSync(tasks).map((task) => {
    const status = readFileSync(`${tasks}/${task}/status`, 'utf8');
    return [`${task} ${/^Name:\s+(.*)/.exec(status)[1]}`, Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)[1])];
  });
}

/** Wake-ups per second of a server that nobody asks anything, and the threads that have most of them. */
async function idle(client) {
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  await pause(5000); // What the calls have left to do.
  const before = new Map(switches(client));
  await pause(IDLE_SECONDS * 1000);
  const woken = switches(client).map(([name, count]) => [name.replace(/^\d+ /, ''), count - (before.get(name) ?? 0)]);
  woken.sort((a, b) => b[1] - a[1]);
  const perSecond = (woken.reduce((sum, [, count]) => sum + count, 0) / IDLE_SECONDS).toFixed(1);
  return [perSecond, woken.slice(0, 3).filter(([, count]) => count > 0).map(([name, count]) => `${name} ${count}`).join(', ')];
}

async function inFlight(count, ask) {
  let next = 0;
  const start = performance.now();
  const worker = async () => {
    while (next < count) await ask(next++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return Math.round((count / (performance.now() - start)) * 1000);
}

async function measure(program) {
  const folder = mkdtempSync(join(tmpdir(), 'throughput-'));
  const client = new Client(program, folder);
  try {
    await client.start();
    const { store, retrieve, holds } = operations[program.speaks];
    for (let i = 0; i < entries; i++) await client.ask(...store(i));
    const known = async (i) => {
      const result = await client.ask(...retrieve((i * 7919) % entries));
      if (!holds(result)) throw new Error(`${program.name} has lost memory ${i}`);
    };
    await oneAtATime(calls, known); // Warm.
    const cpu = client.cpuSeconds();
    const row = [program.name, await oneAtATime(calls, () => client.ask('ping', {})), await oneAtATime(calls, known)];
    row.push(await oneAtATime(Math.min(calls, 2000), (i) => client.ask(...store(entries + i))));
    row.push(await inFlight(calls, () => client.ask('ping', {})), await inFlight(calls, known));
    row.push((client.cpuSeconds() - cpu).toFixed(2), Math.round(client.state('VmRSS') / 1024), client.state('Threads'));
    row.push(...(await idle(client)));
    return row;
  } finally {
    client.child.stdin.end();
    client.child.kill('SIGKILL');
    await new Promise((resolve) => (client.child.exitCode === null && client.child.signalCode === null ? client.child.on('exit', resolve) : resolve()));
    rmSync(folder, { recursive: true, force: true });
  }
}

console.log(`${entries} memories, ${calls} calls; one at a time: p50 / p99 in ms; then ${IN_FLIGHT} in flight: calls per second; then idle for ${IDLE_SECONDS} s\n`);
console.log('| program | ping | retrieve | store (new) | ping per s | retrieve per s | CPU s | RSS MB | threads | wake-ups per s | most of them |\n|' + ' --- |'.repeat(11));
for (const program of JSON.parse(readFileSync(file, 'utf8'))) {
  console.log(`| ${(await measure(program)).join(' | ')} |`);
}
