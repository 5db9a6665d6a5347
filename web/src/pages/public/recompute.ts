// Recomputes draws in the reader's own browser: the seed must fit the commitment, and each number must follow from seed, day, mix and subject.
import type { DrawRow } from "../../api/types";

const SCHEME = "fairway-draw-v1";
/** Numbers drawn lie below it. */
const NUMBERS = 10_000n;
/** Candidates from here on are rejected, so that every number is equally likely. */
const CANDIDATES = 2n ** 64n - (2n ** 64n % NUMBERS);
const text = new TextEncoder();

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function bigEndian(value: number, bytes: number): Uint8Array {
  const out = new Uint8Array(bytes);
  new DataView(out.buffer).setUint32(bytes - 4, value);
  return out;
}

/** Can this browser compute hashes? Only where the page came over HTTPS or from this machine. */
export const canRecompute = () => Boolean(globalThis.crypto?.subtle);

async function numberOf(key: CryptoKey, day: string, draw: DrawRow): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const parts = [text.encode(SCHEME), text.encode("number"), text.encode(day), bytesOf(draw.mix_root), text.encode(draw.subject), bigEndian(attempt, 4)];
    const message = joined(parts.flatMap((part) => [bigEndian(part.length, 8), part]));
    const value = new DataView(await crypto.subtle.sign("HMAC", key, message)).getBigUint64(0);
    if (value < CANDIDATES) return Number(value % NUMBERS);
  }
}

export interface Recomputed {
  /** The revealed seed gives the commitment. */
  seedFits: boolean;
  /** Subjects whose number or outcome is not as recorded, or that were drawn twice; what was returned and sent again keeps its draw. */
  differ: string[];
}

export async function recompute(day: string, commitment: string, seed: string, draws: readonly DrawRow[]): Promise<Recomputed> {
  const secret = joined([bytesOf(seed)]);
  const digest = await crypto.subtle.digest("SHA-256", joined([text.encode(SCHEME), text.encode(day), secret]));
  const found = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const seen = new Map<string, string>();
  const differ: string[] = [];
  for (const draw of draws) {
    const number = await numberOf(key, day, draw);
    if (number !== draw.number || number < draw.rate_bp !== draw.selected || (seen.get(draw.subject) ?? draw.mix_root) !== draw.mix_root) differ.push(draw.subject);
    seen.set(draw.subject, draw.mix_root);
  }
  return { seedFits: found === commitment, differ };
}
