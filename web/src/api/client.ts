// The one way to the server: JSON over /api/v1, problem+json turned into `Problem`, safe retries of writes.
// Knows nothing of React; what happens on a lost session is told through `onSessionLost`.
import type { Finding, ProblemBody, Refusal, Text } from "./types";

const BASE = "/api/v1";
/** Attempts of one write, first included, when the answer never arrived. */
const ATTEMPTS_MAX = 3;
const RETRY_DELAY_MS = 400;

export type Params = Record<string, string | number | boolean | null | undefined>;

/** Why a request did not succeed. `status` 0: the server could not be reached. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: Text | null;
  readonly reference: string | null;
  readonly findings: Finding[];
  readonly refusal: Refusal | null;

  constructor(body: ProblemBody) {
    super(body.title ?? body.code);
    this.name = "Problem";
    this.status = body.status;
    this.code = body.code;
    this.detail = body.detail ?? null;
    this.reference = body.reference ?? null;
    this.findings = body.findings ?? [];
    this.refusal = body.refusal ?? null;
  }

  /** The outcome is unknown or temporary: the same request may be sent again. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** Builds a path and escapes what is put in: url`/calls/${id}`. */
export function url(parts: TemplateStringsArray, ...values: (string | number)[]): string {
  return parts.reduce((out, part, at) => out + part + (at < values.length ? encodeURIComponent(values[at] ?? "") : ""), "");
}

/** The ETag of a row that carries its version, for `ifMatch`. */
export function tagOf(row: { version?: number | null }): string {
  return `"${row.version ?? 0}"`;
}

/** The address of a file that the browser itself fetches (PDF, CSV, receipts). */
export function fileUrl(path: string, params?: Params): string {
  return BASE + path + query(params);
}

function query(params?: Params): string {
  if (!params) return "";
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : "";
}

const sessionLost = new Set<() => void>();
export function onSessionLost(listener: () => void): () => void {
  sessionLost.add(listener);
  return () => sessionLost.delete(listener);
}

/** A key for one user action. Works on plain http too, where crypto.randomUUID is missing. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export interface WriteOptions {
  idempotencyKey?: string;
  /** The ETag that came with the object being edited. */
  ifMatch?: string;
  params?: Params;
  /** Given up after so long, as if there were no line. */
  timeoutMs?: number;
  /** Set for raw uploads; the body is then sent as it is. */
  contentType?: string;
}

export interface Answer<T> {
  data: T;
  etag: string | null;
  /** The server had seen this key before and repeated its answer. */
  replayed: boolean;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

// Keys of writes whose outcome is not known yet. A second try with the same path and body, by a timer or by the user
// pressing the button again, uses the same key, so that it can never happen twice.
const unsettled = new Map<string, string>();
const blobKeys = new WeakMap<Blob, string>();

function signature(method: Method, path: string, body: unknown): string {
  if (body instanceof Blob) {
    const known = blobKeys.get(body) ?? newKey();
    blobKeys.set(body, known);
    return `${method} ${path} ${known}`;
  }
  return `${method} ${path} ${typeof body === "string" ? body : JSON.stringify(body ?? null)}`;
}

async function problemOf(response: Response): Promise<Problem> {
  const type = response.headers.get("content-type") ?? "";
  if (type.includes("json")) {
    try {
      const body = (await response.json()) as Partial<ProblemBody>;
      return new Problem({ ...body, status: response.status, code: body.code ?? `http-${response.status}` });
    } catch {
      // A cut or empty body: the status alone must do.
    }
  }
  return new Problem({ status: response.status, code: `http-${response.status}`, title: response.statusText });
}

async function send<T>(method: Method, path: string, body: unknown, options: WriteOptions): Promise<Answer<T>> {
  const headers = new Headers({ accept: "application/json" });
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (method !== "GET") headers.set("x-fairway", "1");
  if (options.ifMatch) headers.set("if-match", options.ifMatch);
  if (options.idempotencyKey) headers.set("idempotency-key", options.idempotencyKey);
  if (options.timeoutMs) init.signal = AbortSignal.timeout(options.timeoutMs);
  if (body !== undefined) {
    const raw = body instanceof Blob || typeof body === "string";
    headers.set("content-type", options.contentType ?? (raw ? "application/octet-stream" : "application/json"));
    init.body = raw ? body : JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(BASE + path + query(options.params), init);
  } catch {
    throw new Problem({ status: 0, code: "offline" });
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.status === 401 && path !== "/session" && path !== "/demo/login") {
      for (const listener of sessionLost) listener();
    }
    throw problem;
  }
  const etag = response.headers.get("etag");
  const replayed = response.headers.get("idempotency-replayed") === "true";
  if (response.status === 204) return { data: undefined as T, etag, replayed };
  const type = response.headers.get("content-type") ?? "";
  const data = (type.includes("json") ? await response.json() : await response.text()) as T;
  return { data, etag, replayed };
}

async function write<T>(method: Method, path: string, body: unknown, options: WriteOptions): Promise<Answer<T>> {
  const mark = signature(method, path + query(options.params), body);
  const key = options.idempotencyKey ?? unsettled.get(mark) ?? newKey();
  unsettled.set(mark, key);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await send<T>(method, path, body, { ...options, idempotencyKey: key });
      unsettled.delete(mark);
      return answer;
    } catch (error) {
      if (!(error instanceof Problem) || !error.retryable) {
        unsettled.delete(mark);
        throw error;
      }
      if (attempt >= ATTEMPTS_MAX) throw error;
      await new Promise((done) => setTimeout(done, RETRY_DELAY_MS * attempt));
    }
  }
}

export const api = {
  get: async <T>(path: string, params?: Params, timeoutMs?: number): Promise<T> =>
    (await send<T>("GET", path, undefined, { params, timeoutMs })).data,
  /** With the ETag, for a later PUT. */
  getVersioned: <T>(path: string, params?: Params): Promise<Answer<T>> => send<T>("GET", path, undefined, { params }),
  post: async <T>(path: string, body?: unknown, options: WriteOptions = {}): Promise<T> =>
    (await write<T>("POST", path, body ?? {}, options)).data,
  /** Sends bytes as they are (EDI messages, attachments). */
  postRaw: async <T>(path: string, body: Blob | string, options: WriteOptions = {}): Promise<T> =>
    (await write<T>("POST", path, body, options)).data,
  put: <T>(path: string, body: unknown, options: WriteOptions = {}): Promise<Answer<T>> =>
    send<T>("PUT", path, body, options),
  delete: async (path: string, options: WriteOptions = {}): Promise<void> => {
    await send<undefined>("DELETE", path, undefined, options);
  },
};
