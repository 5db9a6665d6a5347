// Writes the service worker of the officer's phone page with the list of exactly those files of the build that the page needs.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PAGE = "/src/rooms/field/FieldApp.tsx";
/** What the page loads besides: words of the rooms, names of objects. */
const BESIDES = [/\/src\/i18n\/rooms\.ts$/];
/** Files that are not part of the bundle. */
const FIXED = ["/favicon.svg", "/field.webmanifest", "/field-192.png", "/field-512.png"];

/** Every file that a chunk needs before it runs, with its styles. */
function needed(bundle, start) {
  const found = new Set();
  const visit = (name) => {
    const chunk = bundle[name];
    if (!chunk || found.has(name)) return;
    found.add(name);
    if (chunk.type !== "chunk") return;
    for (const css of chunk.viteMetadata?.importedCss ?? []) found.add(css);
    for (const file of chunk.imports) visit(file);
  };
  for (const name of start) visit(name);
  return found;
}

/** A plugin for vite. */
export function fieldWorker() {
  return {
    name: "fairway-field-worker",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
      const page = chunks.filter((chunk) => chunk.facadeModuleId?.endsWith(PAGE) || chunk.moduleIds?.some((id) => id.endsWith(PAGE)));
      if (page.length === 0) this.error(`no chunk holds ${PAGE}`);
      const besides = chunks.filter((chunk) => BESIDES.some((path) => path.test(chunk.facadeModuleId ?? "")));
      const entries = chunks.filter((chunk) => chunk.isEntry);
      const start = [...entries, ...page, ...besides].map((chunk) => chunk.fileName);
      const files = [...[...needed(bundle, start)].sort().map((name) => `/${name}`), ...FIXED];
      const source = readFileSync(fileURLToPath(new URL("../sw/field.js", import.meta.url)), "utf8");
      const version = createHash("sha256").update(source).update(files.join("\n")).digest("hex").slice(0, 16);
      this.emitFile({
        type: "asset",
        fileName: "field-sw.js",
        source: source.replace("__VERSION__", version).replace("__FILES__", JSON.stringify(files)),
      });
    },
  };
}
