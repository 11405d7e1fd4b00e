import { type Plugin, defineConfig } from "vite";

/** Puts the script and the style sheet into the page: MCP Apps are one file. */
const oneFile: Plugin = {
  name: "one-file",
  enforce: "post",
  generateBundle(_, files) {
    const page = files["app.html"];
    if (page?.type !== "asset") throw new Error("there is no page");
    let html = String(page.source);
    for (const file of Object.values(files)) {
      if (file === page) continue;
      const text = file.type === "chunk" ? file.code.replaceAll("</script", "<\\/script") : String(file.source);
      const element = file.type === "chunk" ? `<script type="module">${text}</script>` : `<style>${text}</style>`;
      const reference = new RegExp(`<(?:script|link)[^>]*"/${file.fileName}"[^>]*>(?:</script>)?`);
      if (!reference.test(html)) throw new Error(`the page does not name ${file.fileName}`);
      html = html.replace(reference, () => element);
      delete files[file.fileName];
    }
    page.source = html;
  },
};

export default defineConfig({
  base: "/",
  publicDir: false,
  plugins: [oneFile],
  build: {
    emptyOutDir: true,
    modulePreload: false,
    rollupOptions: { input: "app.html" },
    target: "es2022",
  },
});
