// What the benchmarks of calls over stdio share: a client of one server, and the times of calls.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const TICKS_PER_SECOND = 100;

/** A client of a server that it starts, with its files in a folder. */
export class Client {
  #waiting = new Map();
  #rest = '';
  #id = 0;

  constructor(program, folder) {
    const env = { ...process.env, UNIFIED_MEMORY_DB: join(folder, 'm.db'), MEMORY_FILE_PATH: join(folder, 'm.jsonl'), ...program.env };
    this.child = spawn(program.command, program.args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
    this.child.stdout.setEncoding('utf8').on('data', (chunk) => {
      const lines = (this.#rest + chunk).split('\n');
      this.#rest = lines.pop();
      for (const line of lines) {
        const { id, result, error } = JSON.parse(line);
        const { resolve, reject } = this.#waiting.get(id);
        this.#waiting.delete(id);
        if (error || result.isError) reject(new Error(`${program.name}: ${line}`));
        else resolve(result);
      }
    });
    this.child.on('exit', () => this.#waiting.forEach(({ reject }) => reject(new Error(`${program.name} ended`))));
  }

  ask(method, params) {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    });
  }

  async start() {
    await this.ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'benchmark', version: '1' } });
    this.child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
    return this;
  }

  /** A field of the process's state in /proc, in its unit. */
  state(name) {
    return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))[1]);
  }

  cpuSeconds() {
    const stat = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(stat[11]) + Number(stat[12])) / TICKS_PER_SECOND;
  }
}

/** Calls one after the other; returns "p50 / p99" in milliseconds. */
export async function oneAtATime(count, ask) {
  const times = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await ask(i);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(times.length * share)].toFixed(3);
  return `${at(0.5)} / ${at(0.99)}`;
}
