// Where npm put the reference memory server: start it with node, its file named by MEMORY_FILE_PATH.
import { fileURLToPath } from 'node:url';

export const REFERENCE_SERVER = fileURLToPath(
  new URL('node_modules/@modelcontextprotocol/server-memory/dist/index.js', import.meta.url),
);
