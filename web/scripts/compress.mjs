// Puts a gzip copy beside every text file of the build, so that the server that embeds it never compresses at run time.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const text = /\.(html|js|css|svg|json|txt|webmanifest)$/;
const bytesMin = 512;

let plainBytes = 0;
let packedBytes = 0;
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !text.test(entry.name)) continue;
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const plain = readFileSync(path);
  if (plain.length < bytesMin) continue;
  const packed = gzipSync(plain, { level: 9 });
  if (packed.length >= plain.length) continue;
  writeFileSync(`${path}.gz`, packed);
  plainBytes += plain.length;
  packedBytes += packed.length;
}
process.stdout.write(`compressed ${Math.round(plainBytes / 1024)} KiB to ${Math.round(packedBytes / 1024)} KiB\n`);
