// The frame of everything behind the login: side navigation, header, content.
import { LogoutOutlined, MenuOutlined, SwapOutlined, UserOutlined } from "@ant-design/icons";
import { Drawer, Dropdown } from "antd";
import { Suspense, useEffect, useState } from "react";
import { Link, Navigate, NavLink, Outlet, useLocation, useNavigate } from "react-router";
import { onSessionLost } from "../api/client";
import { forget, useLogout, useMeta, useSessionQuery } from "../api/session";
import { useLiveChanges, useStreamState } from "../api/stream";
import type { Role } from "../api/types";
import { useI18n, type MessageKey } from "../i18n";
import { Loading } from "../parts/Loading";
import { ProblemAlert } from "../parts/ProblemAlert";
import { Brand } from "./Brand";
import type { NavItem } from "./nav";
import { inLaboratory, navFor } from "./navigation";
import { GlobalSearch } from "./GlobalSearch";
import { Clock, DemoBanner, LanguageSwitch, PageChange, SkipLink } from "./parts";

function SideNav({ role, laboratory, onPick }: { role: Role; laboratory: boolean; onPick?: () => void }) {
  const { t } = useI18n();
  const groups = new Map<MessageKey, NavItem[]>();
  for (const item of navFor(role, laboratory)) {
    const group = item.group ?? "nav.group.work";
    groups.set(group, [...(groups.get(group) ?? []), item]);
  }
  return (
    <nav className="side-nav" aria-label={t("nav.label")}>
      {[...groups].map(([group, items]) => (
        <div key={group} role="group" aria-labelledby={`group-${group}`}>
          <p id={`group-${group}`} className="side-group">
            {t(group)}
          </p>
          <ul>
            {items.map((item) => (
              <li key={item.path}>
                <NavLink to={item.path} end={item.path === "/insight" || item.path === "/gate" || item.path === "/containers"} onClick={onPick}>
                  <span aria-hidden="true">{item.icon}</span>
                  {t(item.label)}
                </NavLink>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function LiveMark() {
  const { t } = useI18n();
  const state = useStreamState();
  const text = state === "live" ? t("header.live") : t("header.notLive");
  return (
    <span className={`live-mark live-${state}`} title={text} role="img" aria-label={text}>
      <span aria-hidden="true" />
    </span>
  );
}

export default function AppLayout() {
  const i18n = useI18n();
  const { t, tx } = i18n;
  const { data: session, error, refetch } = useSessionQuery();
  const meta = useMeta();
  const location = useLocation();
  const navigate = useNavigate();
  const logout = useLogout();
  const [drawer, setDrawer] = useState(false);
  useEffect(() => onSessionLost(forget), []);
  useLiveChanges(Boolean(session));
  if (session === undefined) {
    return <div className="boot">{error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />}</div>;
  }
  if (session === null) {
    return <Navigate to={`/login?next=${encodeURIComponent(location.pathname + location.search)}`} replace />;
  }
  const leave = () => void logout().then(() => navigate("/"));
  const port = tx(session.port.name);
  return (
    <div className="app">
      <SkipLink />
      <PageChange />
      <aside className="side">
        <Link to="/start" className="side-brand">
          <Brand port={port} />
        </Link>
        <SideNav role={session.user.role} laboratory={inLaboratory(session)} />
        <p className="side-foot">
          {t("product.name")} {meta?.version ?? ""}
        </p>
      </aside>
      <Drawer
        open={drawer}
        onClose={() => setDrawer(false)}
        placement="left"
        size={288}
        className="side-drawer"
        title={<Brand port={port} />}
        closable={{ "aria-label": t("nav.close") }}
      >
        <GlobalSearch onDone={() => setDrawer(false)} />
        <SideNav role={session.user.role} laboratory={inLaboratory(session)} onPick={() => setDrawer(false)} />
      </Drawer>
      <div className="app-main">
        <header className="app-header">
          <button type="button" className="icon-button nav-button" aria-label={t("nav.open")} onClick={() => setDrawer(true)}>
            <MenuOutlined aria-hidden="true" />
          </button>
          <span className="app-port">{port}</span>
          <div className="app-search">
            <GlobalSearch />
          </div>
          <span className="app-space" />
          <LiveMark />
          <Clock />
          <LanguageSwitch />
          <Dropdown
            trigger={["click"]}
            menu={{
              items: [
                { key: "who", type: "group", label: `${tx(session.organisation.name)} · ${t(`role.${session.user.role}`)}` },
                ...(session.port.demo ? [{ key: "switch", icon: <SwapOutlined aria-hidden="true" />, label: t("header.switch") }] : []),
                { key: "out", icon: <LogoutOutlined aria-hidden="true" />, label: t("header.logout") },
              ],
              onClick: ({ key }) => (key === "switch" ? void navigate("/login") : key === "out" ? leave() : undefined),
            }}
          >
            <button type="button" className="user-button">
              <span className="visually-hidden">{t("header.user")}: </span>
              <UserOutlined aria-hidden="true" />
              <span className="user-words">
                <span>{tx(session.user.name)}</span>
                <span>{tx(session.organisation.name)}</span>
              </span>
            </button>
          </Dropdown>
        </header>
        <DemoBanner />
        <main id="content" tabIndex={-1} className="content">
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
    </div>
  );
}
