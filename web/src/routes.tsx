// Every address of the application. Pages load when they are first visited.
import type { ComponentType } from "react";
import { createBrowserRouter, type RouteObject } from "react-router";
import { roomRoutes } from "./rooms/routes";
import { NotFound, RouteError } from "./shell/ErrorPage";
import PublicLayout from "./shell/PublicLayout";
import Landing from "./pages/public/Landing";

type Load = () => Promise<{ default: ComponentType }>;

const antd = async () => ({ Component: (await import("./shell/AntdFrame")).default });

const page = (load: Load) => async () => ({ Component: (await load()).default });

/** Loads an office page together with the messages of its area. */
const officePage = (load: Load) => async () => {
  const [module] = await Promise.all([load(), import("./i18n/office")]);
  return { Component: module.default };
};

const app: RouteObject = {
  lazy: page(() => import("./shell/AppLayout")),
  children: [
    {
      errorElement: <RouteError />,
      children: [
        { path: "start", lazy: officePage(() => import("./pages/start/Start")) },
        { path: "worklist", lazy: officePage(() => import("./pages/start/WorklistPage")) },
        { path: "search", lazy: officePage(() => import("./pages/start/Search")) },
        { path: "cases/:containerId", lazy: officePage(() => import("./pages/case/CasePage")) },
        { path: "insight", lazy: officePage(() => import("./pages/insight/Insight")) },
        { path: "insight/cases", lazy: officePage(() => import("./pages/insight/InsightCases")) },
        { path: "live", lazy: officePage(() => import("./pages/insight/Live")) },
        { path: "ledger", lazy: officePage(() => import("./pages/ledger/Ledger")) },
        { path: "events/:id", lazy: officePage(() => import("./pages/ledger/EventPage")) },
        { path: "admin/organisations", lazy: officePage(() => import("./pages/admin/Organisations")) },
        { path: "admin/users", lazy: officePage(() => import("./pages/admin/Users")) },
        { path: "admin/api-keys", lazy: officePage(() => import("./pages/admin/ApiKeys")) },
        { path: "admin/audit", lazy: officePage(() => import("./pages/admin/Audit")) },
        { path: "admin/partners", lazy: officePage(() => import("./pages/admin/Partners")) },
        { path: "admin/partners/:id", lazy: officePage(() => import("./pages/admin/PartnerPage")) },
        { path: "admin/routes", lazy: officePage(() => import("./pages/admin/Routes")) },
        { path: "channel", lazy: officePage(() => import("./pages/admin/MyChannel")) },
        { path: "national", lazy: officePage(() => import("./pages/national/National")) },
        { path: "national/transmissions", lazy: officePage(() => import("./pages/national/Transmissions")) },
        { path: "national/transmissions/:id", lazy: officePage(() => import("./pages/national/TransmissionPage")) },
        { path: "admin/outbox", lazy: officePage(() => import("./pages/admin/Outbox")) },
        ...roomRoutes,
      ],
    },
  ],
};

// The front page needs no Ant Design; the other public pages do.
const open: RouteObject = {
  element: <PublicLayout />,
  children: [
    { index: true, element: <Landing /> },
    {
      lazy: antd,
      children: [
        { path: "login", lazy: page(() => import("./pages/public/Login")) },
        { path: "track/:number?", lazy: officePage(() => import("./pages/public/Track")) },
        { path: "verify/:code?", lazy: officePage(() => import("./pages/public/Verify")) },
        { path: "draws/:day", lazy: officePage(() => import("./pages/public/Draws")) },
        { path: "help", lazy: officePage(() => import("./pages/help/Help")) },
        { path: "docs/api", lazy: officePage(() => import("./pages/help/ApiDocs")) },
      ],
    },
    { path: "*", element: <NotFound /> },
  ],
};

/** The officer's phone page stands outside of the frame, and without Ant Design: it is kept on the phone as a whole. */
const field: RouteObject = {
  path: "field/*",
  lazy: async () => {
    const [module] = await Promise.all([import("./rooms/field/FieldApp"), import("./i18n/rooms")]);
    return { Component: module.default };
  },
};

export const router = createBrowserRouter([
  {
    errorElement: <RouteError />,
    // Shown for the moment before the first page's code is there.
    hydrateFallbackElement: <div className="boot" />,
    children: [open, field, { lazy: antd, children: [app] }],
  },
]);
