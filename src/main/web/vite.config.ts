import { defineConfig } from "vite";

// The server that `npm run dev` passes questions on to, for work on the page: serve --http without tokens.
const server = "http://127.0.0.1:7411";

export default defineConfig({
  base: "/",
  build: {
    emptyOutDir: true,
    // The page runs under a policy that knows nothing but files of its own.
    assetsInlineLimit: 0,
    modulePreload: false,
    target: "es2022",
  },
  server: { proxy: { "/api": { target: server, headers: { origin: server } } } },
});
