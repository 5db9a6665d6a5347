// Reading hooks. A query is keyed by its path, so that a change told by the stream can find the queries it touches.
import { keepPreviousData, QueryClient, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, Problem, type Answer, type Params } from "./client";
import type { Page } from "./types";

const RETRIES_MAX = 2;
const STALE_MS = 15_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: STALE_MS,
      retry: (count, error) => count < RETRIES_MAX && error instanceof Problem && error.retryable,
      refetchOnWindowFocus: true,
    },
  },
});

interface ReadOptions {
  enabled?: boolean;
  refetchInterval?: number;
  staleTime?: number;
  /** Keep showing the former answer while the parameters change. */
  keep?: boolean;
}

/** Reads `path`; `null` waits. Refreshed when the stream reports a change of something the path is about. */
export function useGet<T>(path: string | null, params?: Params, options: ReadOptions = {}) {
  return useQuery<T, Problem>({
    queryKey: ["get", path, params ?? {}],
    queryFn: () => api.get<T>(path ?? "", params),
    enabled: path !== null && options.enabled !== false,
    ...(options.refetchInterval === undefined ? {} : { refetchInterval: options.refetchInterval }),
    ...(options.staleTime === undefined ? {} : { staleTime: options.staleTime }),
    ...(options.keep ? { placeholderData: keepPreviousData } : {}),
  });
}

/** Reads one object with its ETag, for forms that will PUT it back. Not refreshed while the user edits. */
export function useVersioned<T>(path: string | null) {
  return useQuery<Answer<T>, Problem>({
    queryKey: ["versioned", path],
    queryFn: () => api.getVersioned<T>(path ?? ""),
    enabled: path !== null,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
}

/** Reads a list page by page. */
export function usePages<T>(path: string | null, params?: Params) {
  return useInfiniteQuery<Page<T>, Problem, { pages: Page<T>[] }, unknown[], string | null>({
    queryKey: ["pages", path, params ?? {}],
    queryFn: ({ pageParam }) => api.get<Page<T>>(path ?? "", { ...params, cursor: pageParam }),
    initialPageParam: null,
    getNextPageParam: (last) => last.next,
    enabled: path !== null,
    placeholderData: keepPreviousData,
  });
}

/** One user action. Afterwards every query that is on screen is read again. */
export function useAction<Input, Result>(
  run: (input: Input) => Promise<Result>,
  done?: (result: Result, input: Input) => void,
) {
  const client = useQueryClient();
  return useMutation<Result, Problem, Input>({
    mutationFn: run,
    onSuccess: (result, input) => {
      done?.(result, input);
      void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "versioned" });
    },
    onError: (problem) => {
      // Somebody else was first: what is on screen is of yesterday.
      if (problem.status === 412) void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "versioned" });
    },
  });
}

/** Which paths show objects of a type. A change also touches every path that names the object's id. */
const PATHS_OF: Record<string, readonly string[]> = {
  "ship-call": ["/calls"],
  manifest: ["/manifests"],
  conveyance: ["/conveyances"],
  waybill: ["/waybills", "/conveyances"],
  bill: ["/bills"],
  "tally-report": ["/tally-reports"],
  transhipment: ["/transhipments"],
  "outbound-bill": ["/outbound-bills"],
  container: ["/containers", "/cases"],
  declaration: ["/declarations", "/cases"],
  "site-rule": ["/inspection-site"],
  inspection: ["/inspections", "/inspection-site"],
  "field-record": ["/field-records"],
  "image-task": ["/image-tasks"],
  sample: ["/samples", "/laboratory-queue", "/inspections"],
  "testing-body": ["/testing-bodies"],
  "third-party-report": ["/third-party-reports", "/inspections"],
  scan: ["/scans", "/image-tasks"],
  "duty-notice": ["/duty-notices"],
  guarantee: ["/guarantees"],
  payment: ["/payments"],
  "delivery-order": ["/delivery-orders"],
  booking: ["/bookings", "/gate/expected"],
  slot: ["/slots"],
  "gate-transaction": ["/gate"],
  transmission: ["/national"],
  clue: ["/clues"],
  "rule-table": ["/rule-tables"],
  equipment: ["/equipment"],
  "equipment-alarm": ["/equipment-alarms", "/equipment", "/alarms"],
  "case-alarm": ["/alarms"],
  roster: ["/roster", "/workload"],
  "inspected-sailing": ["/inspected-sailings", "/insight/on-schedule"],
  "alarm-rule": ["/alarm-rules"],
  "roll-out": ["/roll-out"],
  "sharing-agreement": ["/sharing-agreements"],
  "data-delivery": ["/data-deliveries"],
  message: ["/messages", "/mailbox"],
  "message-alarm": ["/message-alarms", "/messages/counts", "/alarms"],
};
const ALWAYS = ["/worklist", "/insight/live", "/ledger", "/public/ledger"];

/** Marks as stale what the changed objects are shown in; what is on screen is read again at once. */
export function invalidateFor(objects: Iterable<{ type: string; id: string }>): void {
  const prefixes = new Set(ALWAYS);
  const ids: string[] = [];
  for (const object of objects) {
    for (const path of PATHS_OF[object.type] ?? []) prefixes.add(path);
    ids.push(encodeURIComponent(object.id));
  }
  void queryClient.invalidateQueries({
    predicate: ({ queryKey: [kind, path] }) => {
      if (kind === "versioned" || typeof path !== "string") return false;
      const segments = path.split("/");
      // A page of one object is touched by that object, a list by any object of its type.
      const list = segments.length <= 2 || ALWAYS.some((prefix) => path.startsWith(prefix)) || path.startsWith("/gate/") || path.startsWith("/national/");
      if (list) return [...prefixes].some((prefix) => path.startsWith(prefix));
      return ids.some((id) => segments.includes(id)) || path.startsWith("/cases/");
    },
  });
}
