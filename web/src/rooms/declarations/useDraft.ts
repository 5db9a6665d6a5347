// Keeping a draft safe while somebody types: every change is saved a moment later, and a change made elsewhere is never overwritten unseen.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { api, Problem, type Answer } from "../../api/client";
import type { Declaration, DeclarationForm } from "../../api/types";
import { withAt } from "../parts/pointer";

/** How long nothing must be typed before a draft is saved. Each save is an event of the ledger, so that not every word becomes one. */
const QUIET_MS = 2_500;

export type SaveState = { kind: "saved"; at: Date | null } | { kind: "dirty" } | { kind: "saving" } | { kind: "conflict" } | { kind: "failed"; error: unknown };

export interface Draft {
  form: DeclarationForm;
  state: SaveState;
  set: (pointer: string, value: unknown) => void;
  /** Saves what is not saved yet; false when it could not. */
  flush: () => Promise<boolean>;
  /** After a conflict: drop the own changes and take what was saved elsewhere. */
  takeTheirs: () => Promise<void>;
  /** After a conflict: save the own changes over what was saved elsewhere. */
  keepMine: () => Promise<boolean>;
}

/** Goods items carry their place as number. */
function numbered(form: DeclarationForm): DeclarationForm {
  return { ...form, goods: form.goods.map((item, at) => ({ ...item, g_no: String(at + 1) })) };
}

export function useDraft(path: string, answer: Answer<Declaration>, saved?: (form: DeclarationForm) => void): Draft {
  const client = useQueryClient();
  const [form, setForm] = useState(answer.data.form);
  const [state, setState] = useState<SaveState>({ kind: "saved", at: null });
  const current = useRef(answer.data.form);
  const kept = useRef(answer.data.form);
  const etag = useRef(answer.etag ?? `"${String(answer.data.version)}"`);
  const running = useRef<Promise<boolean> | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const saveAll = useCallback(async (): Promise<boolean> => {
    while (current.current !== kept.current) {
      const sent = current.current;
      setState({ kind: "saving" });
      try {
        const put = await api.put<Declaration>(path, numbered(sent), { ifMatch: etag.current });
        etag.current = put.etag ?? `"${String(put.data.version)}"`;
        kept.current = sent;
        client.setQueryData(["versioned", path], { ...put, data: { ...put.data, form: sent } });
      } catch (error) {
        setState(error instanceof Problem && error.status === 412 ? { kind: "conflict" } : { kind: "failed", error });
        return false;
      }
    }
    setState({ kind: "saved", at: new Date() });
    saved?.(kept.current);
    return true;
  }, [client, path, saved]);

  const flush = useCallback((): Promise<boolean> => {
    clearTimeout(timer.current);
    if (current.current === kept.current && !running.current) return Promise.resolve(true);
    running.current ??= saveAll().finally(() => {
      running.current = null;
    });
    return running.current;
  }, [saveAll]);

  const set = useCallback(
    (pointer: string, value: unknown) => {
      current.current = withAt(current.current, pointer, value);
      setForm(current.current);
      setState((before) => (before.kind === "conflict" ? before : { kind: "dirty" }));
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void flush(), QUIET_MS);
    },
    [flush],
  );

  const reread = useCallback(async (): Promise<Declaration> => {
    const fresh = await api.getVersioned<Declaration>(path);
    etag.current = fresh.etag ?? `"${String(fresh.data.version)}"`;
    client.setQueryData(["versioned", path], fresh);
    return fresh.data;
  }, [client, path]);

  const takeTheirs = useCallback(async () => {
    const theirs = await reread();
    current.current = theirs.form;
    kept.current = theirs.form;
    setForm(theirs.form);
    setState({ kind: "saved", at: new Date() });
  }, [reread]);

  const keepMine = useCallback(async () => {
    await reread();
    return flush();
  }, [reread, flush]);

  // Leaving the page must not lose the last word typed.
  useEffect(() => () => void flush(), [flush]);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (current.current !== kept.current) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, []);

  return { form, state, set, flush, takeTheirs, keepMine };
}
