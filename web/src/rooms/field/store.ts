// What the phone keeps for itself (IndexedDB): records that wait for a line, what is being written, and the orders that were read last.
// Pictures are kept as bytes. It knows no server and no page.
import type { FieldOrders, FieldRecord, FieldRecordForm, Role, Text } from "../../api/types";

export interface Picture {
  sha256: string;
  type: string;
  bytes: ArrayBuffer;
  /** The platform has it. */
  sent?: boolean;
}

/** What is being written about an order; outlives the page. */
export interface Draft {
  key: string;
  /** Id of the record that it becomes: the same draft sent twice is the same record. */
  record: string;
  user: string;
  kind: string;
  order: string;
  container: string;
  checks: Record<string, boolean>;
  note: string;
  photos: Picture[];
  signature: Picture | null;
  giving: boolean;
  outcome: "pass" | "fail";
  disposition: string;
  method: "open" | "machine" | "documents";
  seal: string;
  officers: string[];
}

/** `waiting` for a line; `taken` or `not-taken` by the platform, which keeps both; `refused`: not kept there, and so kept here. */
export type Standing = "waiting" | "taken" | "not-taken" | "refused";

export interface Queued {
  id: string;
  user: string;
  title: string;
  draft: Draft;
  body: Omit<FieldRecordForm, "sent_at">;
  pictures: Picture[];
  queuedAt: number;
  standing: Standing;
  /** How often the platform did not find a picture that was sent. */
  missed: number;
  problem: { code: string; text: Text } | null;
  record: FieldRecord | null;
}

export interface FieldUser {
  id: string;
  name: Text;
  organisation: Text;
  role: Role;
}

interface Kept {
  name: string;
  value: unknown;
}

const NAME = "fairway-field";
const VERSION = 1;
let opened: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((done, failed) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("queue", { keyPath: "id" });
      request.result.createObjectStore("drafts", { keyPath: "key" });
      request.result.createObjectStore("kept", { keyPath: "name" });
    };
    request.onsuccess = () => {
      // Another version of the page may need another shape: this one lets go and opens again.
      request.result.onversionchange = () => {
        request.result.close();
        opened = null;
      };
      done(request.result);
    };
    request.onerror = () => {
      opened = null;
      failed(request.error ?? new Error("IndexedDB"));
    };
  });
  return opened;
}

type Store = "queue" | "drafts" | "kept";

/** One transaction; resolved when it is on disk. */
async function within<T>(store: Store, mode: IDBTransactionMode, run: (place: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  return new Promise((done, failed) => {
    const transaction = database.transaction(store, mode, { durability: "strict" });
    const request = run(transaction.objectStore(store));
    transaction.oncomplete = () => done(request.result);
    transaction.onerror = () => failed(transaction.error ?? new Error("IndexedDB"));
    transaction.onabort = () => failed(transaction.error ?? new Error("IndexedDB"));
  });
}

export const queue = {
  all: async (): Promise<Queued[]> => (await within("queue", "readonly", (place) => place.getAll() as IDBRequest<Queued[]>)).sort((a, b) => a.queuedAt - b.queuedAt),
  put: (item: Queued) => within("queue", "readwrite", (place) => place.put(item)),
  remove: (id: string) => within("queue", "readwrite", (place) => place.delete(id)),
};

export const drafts = {
  get: (key: string) => within("drafts", "readonly", (place) => place.get(key) as IDBRequest<Draft | undefined>),
  all: () => within("drafts", "readonly", (place) => place.getAll() as IDBRequest<Draft[]>),
  put: (draft: Draft) => within("drafts", "readwrite", (place) => place.put(draft)),
  remove: (key: string) => within("drafts", "readwrite", (place) => place.delete(key)),
};

/** Puts a record into the queue and takes its draft away. The record is on disk before the draft goes. */
export async function enqueue(item: Queued): Promise<void> {
  await queue.put(item);
  await drafts.remove(item.draft.key);
}

async function kept<T>(name: string): Promise<T | undefined> {
  const found = await within("kept", "readonly", (place) => place.get(name) as IDBRequest<Kept | undefined>);
  return found?.value as T | undefined;
}

async function keep(name: string, value: unknown): Promise<void> {
  await within("kept", "readwrite", (place) => place.put({ name, value } satisfies Kept));
}

export const keptUser = () => kept<FieldUser>("user");
export const keepUser = (user: FieldUser) => keep("user", user);
export const keptOrders = (user: string) => kept<FieldOrders>(`orders ${user}`);
export const keepOrders = (user: string, orders: FieldOrders) => keep(`orders ${user}`, orders);

/** Somebody has begun to write. */
export function written(draft: Draft): boolean {
  return draft.note.trim() !== "" || draft.photos.length > 0 || draft.signature !== null || Object.keys(draft.checks).length > 0;
}

/** Forgets who was here and what was read for them. What was written stays: it is sent when its writer is back. */
export async function forgetRead(): Promise<void> {
  await within("kept", "readwrite", (place) => place.clear());
}
