// Checks a receipt in the reader's own browser: leaf hash, Merkle path (RFC 6962), root. Needs no trust in the server
// beyond the key that signed the head, which the server's own check covers as well.

interface Shape {
  event: string;
  leaf: string;
  position: number;
  size: number;
  root: string;
  proof: string[];
}

const HEX = /^[0-9a-f]{64}$/;

function isShape(value: unknown): value is Shape {
  const it = value as Partial<Shape> | null;
  return (
    typeof it === "object" && it !== null && typeof it.event === "string" && typeof it.leaf === "string" && HEX.test(it.leaf) &&
    typeof it.position === "number" && typeof it.size === "number" && typeof it.root === "string" && HEX.test(it.root) &&
    Array.isArray(it.proof) && it.proof.every((hash) => typeof hash === "string" && HEX.test(hash))
  );
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

async function hash(prefix: number, ...parts: Uint8Array[]): Promise<string> {
  const joined = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
  joined[0] = prefix;
  let at = 1;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", joined));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** `null` when this browser cannot check (no secure context) or the file is not a receipt. */
export async function provesInclusion(receipt: unknown): Promise<boolean | null> {
  if (!isShape(receipt) || !globalThis.crypto?.subtle) return null;
  const leaf = await hash(0, new TextEncoder().encode(receipt.event));
  if (leaf !== receipt.leaf || receipt.position >= receipt.size) return false;
  // RFC 9162, 2.1.3.2. Numbers stay below 2^53, so halving by division is exact.
  let node = receipt.position;
  let last = receipt.size - 1;
  let root = leaf;
  for (const sibling of receipt.proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      root = await hash(1, bytesOf(sibling), bytesOf(root));
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else {
      root = await hash(1, bytesOf(root), bytesOf(sibling));
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && root === receipt.root;
}
