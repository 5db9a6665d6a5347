// Small pieces of the frame: clock, language switch, search box, banners, focus on a new page.
import { GlobalOutlined, SearchOutlined } from "@ant-design/icons";
import { Input, type InputRef } from "antd";
import { useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { useMeta } from "../api/session";
import { useI18n } from "../i18n";
import { formatInstant, useNow, usePortZone } from "../parts/time";

export function Clock() {
  const { t } = useI18n();
  const zone = usePortZone();
  const now = useNow(1_000);
  return (
    <time className="clock" dateTime={now.toISOString()} title={`${t("header.clock")} (${zone})`} aria-label={t("header.clock")}>
      {formatInstant(now, zone, "second").slice(5)}
    </time>
  );
}

export function LanguageSwitch() {
  const { t, lang, setLang } = useI18n();
  return (
    <button type="button" className="plain-button" onClick={() => setLang(lang === "zh" ? "en" : "zh")} aria-label={`${t("header.languageShort")} – ${t("header.language")}`}>
      <GlobalOutlined aria-hidden="true" /> <span lang={lang === "zh" ? "en" : "zh-CN"}>{t("header.languageShort")}</span>
    </button>
  );
}

/** Looks up any number; `/` puts the cursor into it from anywhere on the page. */
export function GlobalSearch({ onDone }: { onDone?: () => void }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const field = useRef<InputRef>(null);
  const [text, setText] = useState("");
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      const at = event.target as HTMLElement;
      if (at.closest("input,textarea,select,[contenteditable=true]")) return;
      event.preventDefault();
      field.current?.focus({ cursor: "all" });
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  return (
    <form
      role="search"
      className="global-search"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = text.trim();
        if (!wanted) return;
        void navigate(`/search?q=${encodeURIComponent(wanted)}`);
        onDone?.();
      }}
    >
      <Input
        ref={field}
        value={text}
        onChange={(event) => setText(event.target.value)}
        prefix={<SearchOutlined aria-hidden="true" />}
        suffix={<kbd aria-hidden="true">/</kbd>}
        placeholder={t("header.search")}
        aria-label={t("header.searchLabel")}
        aria-keyshortcuts="/"
        maxLength={64}
        autoComplete="off"
      />
    </form>
  );
}

export function DemoBanner() {
  const { t } = useI18n();
  const meta = useMeta();
  if (!meta?.demo && !meta?.sandbox.length) return null;
  return (
    <aside className="demo-banner" aria-label={t("demo.sandbox")}>
      {meta.demo && <span>{t("demo.banner")}</span>}
      {meta.sandbox.length > 0 && (
        <span className="demo-sandbox">
          {t("demo.sandbox")}: {meta.sandbox.join(" · ")}
        </span>
      )}
    </aside>
  );
}

/** A new page starts at its top, with the focus at its content, so that a screen reader tells the change. */
export function PageChange() {
  const { pathname } = useLocation();
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    window.scrollTo(0, 0);
    document.getElementById("content")?.focus({ preventScroll: true });
  }, [pathname]);
  return null;
}

export function SkipLink() {
  const { t } = useI18n();
  return (
    <a className="skip-link" href="#content">
      {t("skip")}
    </a>
  );
}
