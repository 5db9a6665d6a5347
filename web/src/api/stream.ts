// Server-sent changes. Many changes arrive together on a busy day, so they are gathered before queries are refreshed.
import { useEffect, useSyncExternalStore } from "react";
import { invalidateFor, queryClient } from "./query";
import type { Change, ObjectRef } from "./types";

const GATHER_MS = 2_000;
const OBJECTS_MAX = 500;

export type StreamState = "off" | "connecting" | "live";
let state: StreamState = "off";
const watchers = new Set<() => void>();

function setState(next: StreamState): void {
  if (state === next) return;
  state = next;
  for (const watcher of watchers) watcher();
}

/** Whether changes arrive at this moment. */
export function useStreamState(): StreamState {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => state,
  );
}

function open(path: string, refresh: (objects: ObjectRef[]) => void): () => void {
  const source = new EventSource(path);
  let gathered = new Map<string, ObjectRef>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  setState("connecting");
  source.onopen = () => setState("live");
  source.onerror = () => setState(source.readyState === EventSource.CLOSED ? "off" : "connecting");
  source.addEventListener("change", (event) => {
    try {
      const change = JSON.parse((event as MessageEvent<string>).data) as Partial<Change>;
      for (const object of change.objects ?? []) {
        if (gathered.size < OBJECTS_MAX) gathered.set(`${object.type} ${object.id}`, object);
      }
    } catch {
      // An unreadable change still means that something changed.
    }
    timer ??= setTimeout(() => {
      timer = undefined;
      const objects = [...gathered.values()];
      gathered = new Map();
      refresh(objects);
    }, GATHER_MS);
  });
  return () => {
    clearTimeout(timer);
    source.close();
    setState("off");
  };
}

/** Keeps the screens of a logged-in user fresh. */
export function useLiveChanges(active: boolean): void {
  useEffect(() => (active ? open("/api/v1/stream", invalidateFor) : undefined), [active]);
}

/** Keeps the public counters fresh. */
export function usePublicChanges(): void {
  useEffect(
    () =>
      open("/api/v1/public/stream", () => {
        void queryClient.invalidateQueries({
          predicate: ({ queryKey: [, path] }) => typeof path === "string" && path.startsWith("/public/"),
        });
      }),
    [],
  );
}
