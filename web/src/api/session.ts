// Who is logged in, and what the platform is.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, Problem } from "./client";
import { queryClient } from "./query";
import type { Meta, Session } from "./types";

export const SESSION_KEY = ["get", "/session", {}] as const;
const META_KEY = ["get", "/meta", {}] as const;

async function readSession(): Promise<Session | null> {
  try {
    return await api.get<Session>("/session");
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

const sessionQuery = { queryKey: SESSION_KEY, queryFn: readSession, staleTime: 60_000 };

/** `undefined` while unknown, `null` when nobody is logged in. */
export function useSession(): Session | null | undefined {
  return useQuery<Session | null, Problem>(sessionQuery).data;
}

export function useSessionQuery() {
  return useQuery<Session | null, Problem>(sessionQuery);
}

export function useMeta(): Meta | undefined {
  return useQuery<Meta, Problem>({
    queryKey: META_KEY,
    queryFn: () => api.get<Meta>("/meta"),
    staleTime: 5 * 60_000,
  }).data;
}

/** Takes over a new session; nothing read by the former user stays. */
export function enter(session: Session): void {
  forget();
  queryClient.setQueryData(SESSION_KEY, session);
}

/** Drops everything that was read in the session. */
export function forget(): void {
  queryClient.removeQueries({
    predicate: ({ queryKey: [, path] }) => path !== "/meta" && !(typeof path === "string" && path.startsWith("/public/")) && path !== "/session" && path !== "/demo/logins",
  });
  queryClient.setQueryData(SESSION_KEY, null);
}

export function useLogout(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    try {
      await api.delete("/session");
    } finally {
      forget();
      await client.invalidateQueries({ queryKey: SESSION_KEY });
    }
  };
}

/** Whether the user may take an action; for showing buttons, never for protection. */
export function useCan(): (action: string) => boolean {
  const session = useSession();
  return (action) => session?.permissions.includes(action) ?? false;
}
