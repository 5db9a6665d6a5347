// Brings what waits on the phone to the platform: pictures first, by their fingerprints, then the record under the id that the phone has made.
// The same record may be sent any number of times; the platform keeps it once. Nothing leaves the phone before the platform has answered for it.
import { api, Problem, url } from "../../api/client";
import type { Attachment, FieldRecord } from "../../api/types";
import { queue, type Queued } from "./store";

/** A request that is not answered within this time is taken for a broken line, milliseconds. */
const PATIENCE_MS = 60_000;
/** Attempts after which a picture that the platform does not find again is a fault and not a bad line. */
const PICTURE_ATTEMPTS_MAX = 5;
/** How long a record that was taken stays in sight, milliseconds. */
const TAKEN_SHOWN_MS = 24 * 3_600_000;

const watchers = new Set<() => void>();
let shown: Queued[] = [];

/** The queue as it was read last. */
export function queued(): Queued[] {
  return shown;
}

export function watchQueue(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Reads the queue anew; what was taken a day ago is let go. */
export async function readQueue(): Promise<Queued[]> {
  const all = await queue.all();
  const old = all.filter((item) => item.standing === "taken" && Date.now() - item.queuedAt > TAKEN_SHOWN_MS);
  for (const item of old) await queue.remove(item.id);
  shown = all.filter((item) => !old.includes(item));
  for (const watcher of watchers) watcher();
  return shown;
}

const PASSING = ["busy", "idempotency-key-in-use", "route-unknown"];

/** A fault that another attempt may mend: no line, no session or another's, too many requests, a busy order, a fault of the platform. */
function passing(problem: Problem): boolean {
  const code = problem.refusal?.code ?? problem.code;
  return problem.retryable || problem.status >= 500 || [401, 408, 425, 429].includes(problem.status) || PASSING.includes(code) || code === "field-record-user";
}

/** The platform has a record of this id already: the first answer was lost. */
async function known(item: Queued): Promise<FieldRecord | null> {
  const record = await api.get<FieldRecord>(url`/field-records/${item.id}`, undefined, PATIENCE_MS);
  return record.id === item.id && record.by.id === item.user ? record : null;
}

async function settle(item: Queued, record: FieldRecord): Promise<void> {
  item.record = record;
  item.problem = null;
  item.standing = record.status === "taken" ? "taken" : "not-taken";
  // The platform has the pictures now; of what was not taken they stay here too, to be sent again.
  if (item.standing === "taken") {
    item.pictures = [];
    item.draft = { ...item.draft, photos: [], signature: null };
  }
  await queue.put(item);
}

async function bring(item: Queued): Promise<void> {
  for (const picture of item.pictures) {
    if (picture.sent) continue;
    await api.postRaw<Attachment>("/attachments", new Blob([picture.bytes], { type: picture.type }), {
      params: { name: `${picture.sha256.slice(0, 12)}.${picture.type === "image/png" ? "png" : "jpg"}` },
      contentType: "application/octet-stream",
      timeoutMs: PATIENCE_MS,
    });
    picture.sent = true;
    await queue.put(item);
  }
  const record = await api.post<FieldRecord>("/field-records", { ...item.body, sent_at: new Date().toISOString() }, { idempotencyKey: item.id, timeoutMs: PATIENCE_MS });
  // Something that answers in place of the platform (a login page of a hotel) has kept nothing.
  if (record.id !== item.id) throw new Problem({ status: 0, code: "offline" });
  await settle(item, record);
}

async function run(user: string): Promise<boolean> {
  for (const item of await readQueue()) {
    // What another officer wrote on this phone is for that officer to send.
    if (item.standing !== "waiting" || item.user !== user) continue;
    try {
      await bring(item);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const code = error.refusal?.code ?? error.code;
      if (code === "field-record-exists" || code === "idempotency-key-reused") {
        const kept = await known(item).catch(() => null);
        if (kept) {
          await settle(item, kept);
          await readQueue();
          continue;
        }
      }
      if (code === "attachment-unknown" && item.missed < PICTURE_ATTEMPTS_MAX) {
        item.missed += 1;
        for (const picture of item.pictures) picture.sent = false;
        await queue.put(item);
      } else if (passing(error)) {
        await queue.put(item);
        await readQueue();
        return false;
      } else {
        item.standing = "refused";
        item.problem = { code: error.refusal?.code ?? error.code, text: error.refusal?.text ?? error.detail ?? { zh: error.message, en: error.message } };
        await queue.put(item);
      }
    }
    await readQueue();
  }
  return true;
}

let running: Promise<boolean> | null = null;

/** Only one page of this phone sends at a time. */
async function alone(user: string): Promise<boolean> {
  if (!navigator.locks) return run(user);
  return navigator.locks.request("fairway-field", async () => run(user));
}

/** Sends what waits. False when the line broke. */
export async function synchronise(user: string): Promise<boolean> {
  if (running) await running;
  const mine = alone(user);
  running = mine;
  try {
    return await mine;
  } finally {
    running = null;
  }
}
