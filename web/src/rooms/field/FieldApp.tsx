// The officer's phone (现场查验手机页): works without a line. A frame of its own, small enough to be kept on the phone as a whole.
import { useEffect } from "react";
import { Link, Route, Routes } from "react-router";
import { useI18n } from "../../i18n";
import { LanguageSwitch, PageChange, SkipLink } from "../../shell/parts";
import { OrderPage } from "./OrderPage";
import { Today } from "./Today";
import { useField, useQueue } from "./state";
import "./field.css";

function useServiceWorker() {
  useEffect(() => {
    if (import.meta.env.DEV || !("serviceWorker" in navigator)) return;
    // Without it (plain http, private window) the page works as long as it stays open.
    void navigator.serviceWorker.register("/field-sw.js", { scope: "/field" }).catch(() => undefined);
    void navigator.storage?.persist?.().catch(() => false);
  }, []);
}

export default function FieldApp() {
  const { t, tx } = useI18n();
  const field = useField();
  const waiting = useQueue().filter((item) => item.standing === "waiting").length;
  useServiceWorker();
  return (
    <div className="field-app">
      <SkipLink />
      <PageChange />
      <header className="field-header">
        <Link to="/field" className="field-title">
          {t("field.title")}
        </Link>
        <span role="status" className={`field-line ${field.online ? "field-line-on" : "field-line-off"}`} data-online={field.online}>
          {field.online ? t("field.online") : t("field.offline")}
          {waiting > 0 && ` · ${t("field.waiting", { n: waiting })}`}
        </span>
        <LanguageSwitch />
      </header>
      <main id="content" tabIndex={-1} className="field-content">
        {field.loginNeeded && (
          <p role="alert" className="field-note field-note-warn">
            {t("field.loginNeeded")} <a href="/login?next=%2Ffield">{t("header.login")}</a>
          </p>
        )}
        {!window.isSecureContext && (
          <p role="alert" className="field-note field-note-warn">
            {t("field.insecure")}
          </p>
        )}
        {field.broken && (
          <p role="alert" className="field-note field-note-warn">
            {t("field.broken")}
          </p>
        )}
        <Routes>
          <Route index element={<Today field={field} />} />
          <Route path=":kind/:id" element={<OrderPage field={field} />} />
        </Routes>
      </main>
      <footer className="field-footer">
        {field.user && (
          <span>
            {tx(field.user.name)} · {tx(field.user.organisation)}
          </span>
        )}
        <Link to="/start">{t("field.office")}</Link>
      </footer>
    </div>
  );
}
