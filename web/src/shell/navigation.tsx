// What stands in the side navigation, by role.
import {
  ApartmentOutlined, AuditOutlined, BarChartOutlined, DashboardOutlined, FundProjectionScreenOutlined, HomeOutlined, KeyOutlined,
  GlobalOutlined, QuestionCircleOutlined, SafetyCertificateOutlined, SendOutlined, SwapOutlined, UnorderedListOutlined, UserOutlined, ApiOutlined,
} from "@ant-design/icons";
import type { Role, Session } from "../api/types";
import { laboratoryNav, roomNav } from "../rooms/routes";
import type { NavItem } from "./nav";

const work = "nav.group.work";
const see = "nav.group.see";
const administration = "nav.group.admin";

const first: NavItem[] = [
  { path: "/start", label: "nav.start", icon: <HomeOutlined />, group: work },
  { path: "/worklist", label: "nav.worklist", icon: <UnorderedListOutlined />, group: work },
];
const insight: NavItem[] = [
  { path: "/insight", label: "nav.insight", icon: <BarChartOutlined />, group: see },
  { path: "/insight/cases", label: "nav.insightCases", icon: <DashboardOutlined />, group: see },
  { path: "/live", label: "nav.live", icon: <FundProjectionScreenOutlined />, group: see },
];
const last: NavItem[] = [
  { path: "/ledger", label: "nav.ledger", icon: <SafetyCertificateOutlined />, group: see },
  { path: "/docs/api", label: "nav.apiDocs", icon: <ApiOutlined />, group: see },
  { path: "/help", label: "nav.help", icon: <QuestionCircleOutlined />, group: see },
];
const admin: NavItem[] = [
  { path: "/admin/organisations", label: "nav.organisations", icon: <ApartmentOutlined />, group: administration },
  { path: "/admin/users", label: "nav.users", icon: <UserOutlined />, group: administration },
  { path: "/admin/api-keys", label: "nav.apiKeys", icon: <KeyOutlined />, group: administration },
  { path: "/admin/partners", label: "nav.partners", icon: <SwapOutlined />, group: administration },
  { path: "/admin/outbox", label: "nav.outbox", icon: <SendOutlined />, group: administration },
  { path: "/admin/audit", label: "nav.audit", icon: <AuditOutlined />, group: administration },
];

const channel: NavItem[] = [{ path: "/channel", label: "nav.channel", icon: <SwapOutlined />, group: work }];

const national: NavItem[] = [{ path: "/national", label: "nav.national", icon: <GlobalOutlined />, group: see }];
const transmissions: NavItem[] = [{ path: "/national/transmissions", label: "nav.transmissions", icon: <GlobalOutlined />, group: see }];

const own: Record<Role, NavItem[]> = {
  trader: transmissions,
  agent: channel,
  terminal: channel,
  trucker: [],
  customs: [...insight, ...transmissions],
  maritime: [],
  border: [],
  "port-authority": [],
  "market-supervision": [],
  "port-office": [...insight, ...national],
  admin: [...admin, ...insight, ...national],
  national: [],
};

/** A laboratory of customs: an organisation without a district, which sees the samples that are for it and nothing else. */
export const inLaboratory = (session: Session): boolean => session.user.role === "customs" && session.organisation.district === null;

export function navFor(role: Role, laboratory: boolean): NavItem[] {
  if (laboratory) return [...first.slice(0, 1), ...laboratoryNav, ...last];
  return [...first, ...roomNav[role], ...own[role], ...last];
}
