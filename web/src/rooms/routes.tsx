// The role pages and where they stand in the navigation.
import type { RouteObject } from "react-router";
import type { NavItem } from "../shell/nav";
import type { Role } from "../api/types";

/** Loads a page together with the messages of its area. */
// const page = (load: () => Promise<{ default: ComponentType }>) => async () => {
//   const [module] = await Promise.all([load(), import("../i18n/rooms")]);
//   return { Component: module.default };
// };

export const roomRoutes: RouteObject[] = [];

export const roomNav: Record<Role, NavItem[]> = {
  trader: [],
  agent: [],
  terminal: [],
  trucker: [],
  customs: [],
  "port-office": [],
  admin: [],
};
