// Small pieces of the frame: clock, language switch, banners, focus on a new page.
import { useEffect, useRef } from "react";
import { useLocation } from "react-router";
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
      <span lang={lang === "zh" ? "en" : "zh-CN"}>{t("header.languageShort")}</span>
    </button>
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
    window.scrollTo(0, 0);
    // The first page of a layout: the browser has put the focus where it belongs.
    if (first.current) {
      first.current = false;
      return;
    }
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
