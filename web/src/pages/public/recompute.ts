// Recomputes draws in the reader's own browser: the seed must fit the commitment, and each number must follow from seed, day, mix and subject.
import type { DrawDay, DrawRow } from "../../api/types";

const SCHEME = "fairway-draw-v1";
/** Numbers drawn lie below it. */
const NUMBERS = 10_000n;
/** Candidates from here on are rejected, so that every number is equally likely. */
const CANDIDATES = 2n ** 64n - (2n ** 64n % NUMBERS);
const text = new TextEncoder();

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function hexOf(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
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

/** A keyed value over parts that are each preceded by their length. */
function valueOf(key: CryptoKey, purpose: string, day: string, mixRoot: string, more: readonly Uint8Array[]): Promise<ArrayBuffer> {
  const parts = [text.encode(SCHEME), text.encode(purpose), text.encode(day), bytesOf(mixRoot), ...more];
  return crypto.subtle.sign("HMAC", key, joined(parts.flatMap((part) => [bigEndian(part.length, 8), part])));
}

const keyOf = (secret: Uint8Array<ArrayBuffer>) => crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

async function committed(day: string, secret: Uint8Array): Promise<string> {
  return hexOf(await crypto.subtle.digest("SHA-256", joined([text.encode(SCHEME), text.encode(day), secret])));
}

/** The seed, with the second holder's part where a case was drawn by two: their exclusive or. */
function withPart(seed: Uint8Array, part: string | null): Uint8Array<ArrayBuffer> {
  const other = part ? bytesOf(part) : new Uint8Array(seed.length);
  return Uint8Array.from(seed, (byte, at) => byte ^ (other[at] ?? 0));
}

async function numberOf(key: CryptoKey, day: string, draw: DrawRow): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const value = new DataView(await valueOf(key, "number", day, draw.mix_root, [text.encode(draw.subject), bigEndian(attempt, 4)])).getBigUint64(0);
    if (value < CANDIDATES) return Number(value % NUMBERS);
  }
}

export interface Recomputed {
  /** The revealed seeds give the commitments. */
  seedFits: boolean;
  /** Subjects whose number, outcome or part is not as recorded, or that were drawn twice; what was returned and sent again keeps its draw. */
  differ: string[];
}

export async function recompute(day: DrawDay, seed: string): Promise<Recomputed> {
  const secret = joined([bytesOf(seed)]);
  const own = await keyOf(secret);
  const second = day.second?.revealed_seed ? joined([bytesOf(day.second.revealed_seed)]) : null;
  const secondFits = !day.second || !second || (await committed(day.day, second)) === day.second.commitment;
  const other = second && (await keyOf(second));
  const seen = new Map<string, string>();
  const differ: string[] = [];
  for (const draw of day.draws) {
    const key = draw.part ? await keyOf(withPart(secret, draw.part)) : own;
    const number = await numberOf(key, day.day, draw);
    const partFits = !draw.part || !other || hexOf(await valueOf(other, "part", day.day, draw.mix_root, [text.encode(`case/${draw.subject}`)])) === draw.part;
    const once = (seen.get(draw.subject) ?? draw.mix_root) === draw.mix_root;
    if (number !== draw.number || number < draw.rate_bp !== draw.selected || !partFits || !once) differ.push(draw.subject);
    seen.set(draw.subject, draw.mix_root);
  }
  return { seedFits: secondFits && (await committed(day.day, secret)) === day.commitment, differ };
}
