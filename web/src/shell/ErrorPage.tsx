// Pages for what went wrong: not allowed, not there, failed, out of reach.
import { useEffect } from "react";
import { Link, useRouteError } from "react-router";
import { Problem } from "../api/client";
import { useI18n } from "../i18n";
import { Mark } from "./Brand";

export type ErrorKind = "403" | "404" | "missing" | "500" | "offline";

export function ErrorPage({ kind }: { kind: ErrorKind }) {
  const { t } = useI18n();
  useEffect(() => {
    document.title = `${t(`error.${kind}.title`)} · ${t("product.short")}`;
  }, [kind, t]);
  return (
    <div className="error-page">
      <Mark size={56} />
      {kind !== "offline" && kind !== "missing" && <p className="error-code">{kind}</p>}
      <h1>{t(`error.${kind}.title`)}</h1>
      <p>{t(`error.${kind}.text`)}</p>
      <p className="error-actions">
        <Link to="/" className="button-link">
          {t("error.home")}
        </Link>
        {(kind === "500" || kind === "offline") && (
          <button type="button" className="plain-button" onClick={() => window.location.reload()}>
            {t("error.reload")}
          </button>
        )}
      </p>
    </div>
  );
}

export function NotFound() {
  return <ErrorPage kind="404" />;
}

/** What the router shows when a page could not be loaded or drawn. */
export function RouteError() {
  const error = useRouteError();
  const status = error instanceof Problem ? error.status : ((error as { status?: number } | null)?.status ?? 500);
  // A page whose code could not be fetched: away, or replaced by a newer release.
  const unreachable = error instanceof TypeError && /dynamically imported|fetch/i.test(error.message);
  const kind: ErrorKind = status === 404 ? "404" : status === 403 ? "403" : unreachable || status === 0 ? "offline" : "500";
  return <ErrorPage kind={kind} />;
}
