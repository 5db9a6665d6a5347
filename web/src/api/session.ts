// Who is logged in, and what the platform is.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, Problem } from "./client";
import { queryClient } from "./query";
import type { Meta, Session } from "./types";

export const SESSION_KEY = ["get", "/session", {}] as const;
const META_KEY = ["get", "/meta", {}] as const;

async function readSession(): Promise<Session | null> {
  try {
    const session = await api.get<Session>("/session");
    mark(true);
    return session;
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      mark(false);
      return null;
    }
    throw error;
  }
}

const MARK = "fairway.session";

// The session itself is a cookie that scripts cannot see. This mark only tells whether asking for it is worth a request,
// so that a visitor without an account is not met with a 401.
function mark(present: boolean): void {
  try {
    if (present) localStorage.setItem(MARK, "1");
    else localStorage.removeItem(MARK);
  } catch {
    // Without storage the public pages simply show the login.
  }
}

function marked(): boolean {
  try {
    return localStorage.getItem(MARK) !== null;
  } catch {
    return false;
  }
}

const sessionQuery = { queryKey: SESSION_KEY, queryFn: readSession, staleTime: 60_000 };

/** `undefined` while unknown, `null` when nobody is logged in. */
export function useSession(): Session | null | undefined {
  const [worth] = useState(marked);
  const { data } = useQuery<Session | null, Problem>({ ...sessionQuery, enabled: worth });
  return worth || data ? data : null;
}

/** Asks the server in any case; for what stands behind the login. */
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
  mark(true);
  queryClient.setQueryData(SESSION_KEY, session);
}

/** Drops everything that was read in the session. */
export function forget(): void {
  queryClient.removeQueries({
    predicate: ({ queryKey: [, path] }) => path !== "/meta" && !(typeof path === "string" && path.startsWith("/public/")) && path !== "/session" && path !== "/demo/logins",
  });
  mark(false);
  queryClient.setQueryData(SESSION_KEY, null);
}

/** What the officer's phone page has read is the officer's who logs out; what waits to be sent stays until its writer is back. */
async function forgetPhone(): Promise<void> {
  try {
    const { forgetRead } = await import("../rooms/field/store");
    await forgetRead();
  } catch {
    // A browser without a store of its own has kept nothing.
  }
}

export function useLogout(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    try {
      await api.delete("/session");
    } finally {
      forget();
      await forgetPhone();
      await client.invalidateQueries({ queryKey: SESSION_KEY });
    }
  };
}

/** Whether the user may take an action; for showing buttons, never for protection. */
export function useCan(): (action: string) => boolean {
  const session = useSession();
  return (action) => session?.permissions.includes(action) ?? false;
}
