// The frame of what everybody may see.
import { Link, NavLink, Outlet } from "react-router";
import { useMeta, useSession } from "../api/session";
import { useI18n } from "../i18n";
import { Brand } from "./Brand";
import { Clock, DemoBanner, LanguageSwitch, PageChange, SkipLink } from "./parts";

export default function PublicLayout() {
  const { t, tx } = useI18n();
  const meta = useMeta();
  const session = useSession();
  return (
    <div className="public">
      <SkipLink />
      <PageChange />
      <DemoBanner />
      <header className="public-header">
        <Link to="/" className="public-brand">
          <Brand port={tx(meta?.port.name)} />
        </Link>
        <nav aria-label={t("nav.label")}>
          <NavLink to="/track" className="wide-only">{t("nav.track")}</NavLink>
          <NavLink to="/help">{t("nav.help")}</NavLink>
          <NavLink to="/docs/api" className="wide-only">
            {t("nav.apiDocs")}
          </NavLink>
        </nav>
        <span className="app-space" />
        <span className="wide-only">
          <Clock />
        </span>
        <LanguageSwitch />
        {session ? (
          <Link to="/start" className="button-link">
            {t("nav.start")}
          </Link>
        ) : (
          <Link to="/login" className="button-link">
            {t("header.login")}
          </Link>
        )}
      </header>
      <main id="content" tabIndex={-1} className="public-content">
        <Outlet />
      </main>
      <footer className="public-footer">
        <Brand port={t("product.tagline")} />
        <nav aria-label={t("nav.help")}>
          <Link to="/help">{t("nav.help")}</Link>
          <Link to="/docs/api">{t("nav.apiDocs")}</Link>
          <span className="footer-version">{meta ? `v${meta.version}` : ""}</span>
        </nav>
      </footer>
    </div>
  );
}
