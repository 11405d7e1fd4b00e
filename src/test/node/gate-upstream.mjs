// The reference memory server behind a gate. Arguments: before|after TOOL N PORT. The Nth call of a tool is held for ever:
// before the server gets it, or after it answered; a connection to PORT of this machine says that it is held.
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { REFERENCE_SERVER } from './reference.mjs';

const [side, tool, nth, port] = process.argv.slice(2);
const server = spawn(process.execPath, [REFERENCE_SERVER], { stdio: ['pipe', 'pipe', 'inherit'] });
server.on('exit', (code) => process.exit(code ?? 1));

const tell = () => connect(Number(port), '127.0.0.1').on('error', () => {});
let calls = 0;
let held;
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const message = JSON.parse(line);
    if (message.method === 'tools/call' && message.params.name === tool && ++calls === Number(nth)) {
      if (side === 'before') {
        tell();
        return;
      }
      held = message.id;
    }
    server.stdin.write(`${line}\n`);
  })
  .on('close', () => server.stdin.end());
createInterface({ input: server.stdout }).on('line', (line) => {
  if (held !== undefined && JSON.parse(line).id === held) tell();
  else process.stdout.write(`${line}\n`);
});
