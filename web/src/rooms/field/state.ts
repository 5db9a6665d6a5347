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
  stranger: boolean;
  orders: FieldOrders | null;
}

async function look(): Promise<Partial<Known>> {
  try {
    const session = await api.get<Session>("/session");
    const user: FieldUser = { id: session.user.id, name: session.user.name, organisation: session.organisation.name, role: session.user.role };
    await keepUser(user);
    if (!session.permissions.includes("field-order.read")) return { online: true, user, loginNeeded: false, stranger: true, orders: null };
    await synchronise(user.id);
    const orders = await api.get<FieldOrders>("/field/orders");
    await keepOrders(user.id, orders);
    return { online: true, user, loginNeeded: false, stranger: false, orders };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const user = (await keptUser()) ?? null;
    const orders = user ? ((await keptOrders(user.id)) ?? null) : null;
    return { online: error.status !== 0, user, loginNeeded: error.status === 401, stranger: false, orders };
  } finally {
    await readQueue();
  }
}

export function useField(): FieldState {
  const [known, setKnown] = useState<Known>({ online: navigator.onLine, starting: true, user: null, loginNeeded: false, stranger: false, orders: null });
  const waiting = useQueue().some((item) => item.standing === "waiting");
  const refresh = useCallback(async () => {
    const next = await look();
    setKnown((before) => ({ ...before, ...next, starting: false }));
  }, []);
  useEffect(() => {
    let gone = false;
    // What is on the phone is shown at once; the platform may take its time to be missed.
    const first = async () => {
      await readQueue();
      const user = await keptUser();
      const orders = user ? await keptOrders(user.id) : undefined;
      if (!gone && user && orders) setKnown((before) => (before.starting ? { ...before, user, orders, starting: false } : before));
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
