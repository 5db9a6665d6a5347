// Who is at the phone, the orders of the day, and whether there is a line: from the platform when it can be reached, else as they were read last.
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { api, Problem } from "../../api/client";
import type { FieldOrders, Session } from "../../api/types";
import { keepOrders, keepUser, keptOrders, keptUser, type FieldUser, type Queued } from "./store";
import { queued, readQueue, synchronise, watchQueue } from "./sync";

/** How often the platform is looked for while something waits, and while nothing does, milliseconds. */
const WAITING_MS = 15_000;
const CALM_MS = 60_000;

export interface FieldState {
  /** The platform answered the last time. */
  online: boolean;
  /** Nothing is known yet. */
  starting: boolean;
  user: FieldUser | null;
  /** The platform can be reached and asks for a login. */
  loginNeeded: boolean;
  /** The phone's own store does not work: nothing is kept here. */
  broken: boolean;
  /** This person has no orders of the day: another role. */
  stranger: boolean;
  orders: FieldOrders | null;
  refresh: () => Promise<void>;
}

export function useQueue(): Queued[] {
  return useSyncExternalStore(watchQueue, queued);
}

interface Known {
  online: boolean;
  starting: boolean;
  user: FieldUser | null;
  loginNeeded: boolean;
  broken: boolean;
  stranger: boolean;
  orders: FieldOrders | null;
}

/** How long the platform is waited for, milliseconds. */
const PATIENCE_MS = 20_000;

async function look(): Promise<Partial<Known>> {
  try {
    const session = await api.get<Session>("/session", undefined, PATIENCE_MS);
    const user: FieldUser = { id: session.user.id, name: session.user.name, organisation: session.organisation.name, role: session.user.role };
    const known = { online: true, user, loginNeeded: false, broken: false };
    if (!session.permissions.includes("field-order.read")) return { ...known, stranger: true, orders: null };
    await keepUser(user);
    await synchronise(user.id);
    const orders = await api.get<FieldOrders>("/field/orders", undefined, PATIENCE_MS);
    // Somebody else has logged in meanwhile: the next look is theirs.
    if (orders.user !== user.id) return { online: true };
    await keepOrders(user.id, orders);
    return { ...known, stranger: false, orders };
  } catch (error) {
    if (!(error instanceof Problem)) return { broken: true };
    // Whoever is not logged in is shown nothing of whoever was.
    if (error.status === 401) return { online: true, user: null, loginNeeded: true, stranger: false, orders: null };
    try {
      const user = (await keptUser()) ?? null;
      const orders = user ? ((await keptOrders(user.id)) ?? null) : null;
      return { online: error.status !== 0, user, loginNeeded: false, stranger: false, orders };
    } catch {
      return { online: error.status !== 0, broken: true };
    }
  } finally {
    await readQueue().catch(() => undefined);
  }
}

let looking: Promise<Partial<Known>> | null = null;

/** One look at a time: whoever asks meanwhile gets its answer. */
function lookOnce(): Promise<Partial<Known>> {
  looking ??= look().finally(() => {
    looking = null;
  });
  return looking;
}

export function useField(): FieldState {
  const [known, setKnown] = useState<Known>({ online: navigator.onLine, starting: true, user: null, loginNeeded: false, broken: false, stranger: false, orders: null });
  const waiting = useQueue().some((item) => item.standing === "waiting");
  const refresh = useCallback(async () => {
    const next = await lookOnce();
    setKnown((before) => ({ ...before, ...next, starting: false }));
  }, []);
  useEffect(() => {
    let gone = false;
    // What is on the phone is shown at once; the platform may take its time to be missed.
    const first = async () => {
      try {
        await readQueue();
        const user = await keptUser();
        const orders = user ? await keptOrders(user.id) : undefined;
        if (!gone && user && orders) setKnown((before) => (before.starting ? { ...before, user, orders, starting: false } : before));
      } catch {
        if (!gone) setKnown((before) => ({ ...before, broken: true }));
      }
      await refresh();
    };
    void first();
    const back = () => void refresh();
    const away = () => setKnown((before) => ({ ...before, online: false }));
    const seen = () => document.visibilityState === "visible" && void refresh();
    window.addEventListener("online", back);
    window.addEventListener("offline", away);
    document.addEventListener("visibilitychange", seen);
    return () => {
      gone = true;
      window.removeEventListener("online", back);
      window.removeEventListener("offline", away);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [refresh]);
  useEffect(() => {
    const timer = setInterval(() => void refresh(), waiting || !known.online ? WAITING_MS : CALM_MS);
    return () => clearInterval(timer);
  }, [refresh, waiting, known.online]);
  return { ...known, refresh };
}
