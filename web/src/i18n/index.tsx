// Two languages. Tables are split by area and registered when the area's pages load; the keys of all areas are typed.
import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import type { Money, Text } from "../api/types";
import type { Language, Messages } from "./define";
import type { office } from "./office";
import type { publicMessages } from "./public";
import type { rooms } from "./rooms";
import { shell } from "./shell";

export type { Language } from "./define";
export type MessageKey = keyof typeof shell | keyof typeof publicMessages | keyof typeof office | keyof typeof rooms;
export type Values = Record<string, string | number>;

const STORAGE = "fairway.language";
const table: Messages = { ...shell };

/** Adds an area's messages; called by the area's own table when it loads. */
export function register(messages: Messages): void {
  Object.assign(table, messages);
}

function initial(): Language {
  try {
    const kept = localStorage.getItem(STORAGE);
    if (kept === "zh" || kept === "en") return kept;
  } catch {
    // Storage may be switched off; the language is then not remembered.
  }
  return navigator.language.toLowerCase().startsWith("zh") || !navigator.language ? "zh" : "en";
}

export interface I18n {
  lang: Language;
  setLang: (lang: Language) => void;
  /** The message of a key, with {name} filled from `values`. */
  t: (key: MessageKey, values?: Values) => string;
  /** One language of a text that came from the server. */
  tx: (text: Text | null | undefined) => string;
  /** A message whose key is put together at run time; `otherwise` when there is none. */
  maybe: (key: string, otherwise: string) => string;
  number: (value: number, digits?: number) => string;
  percent: (share: number, digits?: number) => string;
  /** Hours as people say them: 45 min, 5.2 h, 3.1 d. */
  hours: (value: number | null | undefined) => string;
  money: (money: Money) => string;
}

const Context = createContext<I18n | null>(null);

function fill(text: string, values?: Values): string {
  return values ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : text;
}

/** Minor digits of the currencies that have not two. */
const MINOR_DIGITS: Record<string, number> = { JPY: 0, KRW: 0, VND: 0, KWD: 3, BHD: 3 };

export function I18nProvider({ children }: { children: ReactNode }) {
  const [lang, set] = useState<Language>(initial);
  const setLang = useCallback((next: Language) => {
    set(next);
    try {
      localStorage.setItem(STORAGE, next);
    } catch {
      // Not remembered, still switched.
    }
  }, []);
  useEffect(() => {
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  }, [lang]);
  const value = useMemo<I18n>(() => {
    const locale = lang === "zh" ? "zh-CN" : "en-GB";
    const number = (value: number, digits = 0) =>
      new Intl.NumberFormat(locale, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);
    const t = (key: MessageKey, values?: Values) => fill(table[key]?.[lang] ?? key, values);
    return {
      lang,
      setLang,
      t,
      tx: (text) => text?.[lang] ?? "",
      maybe: (key, otherwise) => table[key]?.[lang] ?? otherwise,
      number,
      percent: (share, digits = 0) =>
        new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: digits }).format(share),
      hours: (value) => {
        if (value === null || value === undefined) return "–";
        if (value < 0.95) return t("unit.minutes", { n: number(value * 60) });
        if (value < 72) return t("unit.hours", { n: number(value, value < 10 ? 1 : 0) });
        return t("unit.days", { n: number(value / 24, 1) });
      },
      money: (money) => {
        const digits = MINOR_DIGITS[money.currency] ?? 2;
        return new Intl.NumberFormat(locale, {
          style: "currency",
          currency: money.currency,
          minimumFractionDigits: digits,
        }).format(money.amount_minor / 10 ** digits);
      },
    };
  }, [lang, setLang]);
  return <Context value={value}>{children}</Context>;
}

export function useI18n(): I18n {
  const value = use(Context);
  if (!value) throw new Error("useI18n outside of I18nProvider");
  return value;
}
