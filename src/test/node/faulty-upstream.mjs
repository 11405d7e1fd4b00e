// The reference memory server behind a proxy that spoils some calls. Arguments: FAULT TEXT [MILLISECONDS].
// A request whose line contains TEXT (plain ASCII) is struck by the fault:
//   hang      it is swallowed: no reply ever
//   delay     its reply comes MILLISECONDS late
//   garbage   its reply is replaced by a line that is not JSON
//   nonsense  its reply is a success that carries neither the expected text nor structured content
// Everything else passes unchanged, so that the handshake and the list of tools stay those of the real server.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { REFERENCE_SERVER } from './reference.mjs';

const [fault, text, milliseconds] = process.argv.slice(2);
const server = spawn(process.execPath, [REFERENCE_SERVER], { stdio: ['pipe', 'pipe', 'inherit'] });
server.on('exit', (code) => process.exit(code ?? 1));

const print = (line) => process.stdout.write(`${line}\n`);
const spoil = {
  hang: () => {},
  delay: (line) => setTimeout(() => print(line), Number(milliseconds)),
  garbage: () => print('<html>502 Bad Gateway</html>'),
  nonsense: (line) =>
    print(JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(line).id, result: { content: [{ type: 'text', text: 'Error: out of cheese' }] } })),
};
if (!(fault in spoil)) throw new Error(`unknown fault ${fault}`);

const struck = new Set();
createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (line.includes(text)) {
      struck.add(JSON.parse(line).id);
      if (fault === 'hang') return;
    }
    server.stdin.write(`${line}\n`);
  })
  .on('close', () => server.stdin.end());
createInterface({ input: server.stdout }).on('line', (line) => {
  if (struck.delete(JSON.parse(line).id)) spoil[fault](line);
  else print(line);
});
