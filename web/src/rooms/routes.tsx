// The role pages and where they stand in the navigation.
import {
  AuditOutlined,
  BankOutlined,
  CalendarOutlined,
  ContainerOutlined,
  DownSquareOutlined,
  EditOutlined,
  EyeOutlined,
  FieldTimeOutlined,
  FileDoneOutlined,
  FileProtectOutlined,
  FileTextOutlined,
  ImportOutlined,
  InboxOutlined,
  LoginOutlined,
  MessageOutlined,
  NodeIndexOutlined,
  ProfileOutlined,
  ReadOutlined,
  RocketOutlined,
  SafetyOutlined,
  ScheduleOutlined,
  SolutionOutlined,
  SwapOutlined,
  TableOutlined,
} from "@ant-design/icons";
import type { ComponentType } from "react";
import type { RouteObject } from "react-router";
import type { Role } from "../api/types";
import { register } from "../i18n";
import type { NavItem } from "../shell/nav";
import { roomNavText } from "./navigation";

register(roomNavText);

type Load = () => Promise<{ default: ComponentType }>;

/** Loads a page together with the messages and the style of its area. */
const page = (load: Load) => async () => {
  const [module] = await Promise.all([load(), import("../i18n/rooms"), import("./rooms.css")]);
  return { Component: module.default };
};

export const roomRoutes: RouteObject[] = [
  { path: "calls", lazy: page(() => import("./calls/Calls")) },
  { path: "calls/:id", lazy: page(() => import("./calls/CallPage")) },
  { path: "manifests", lazy: page(() => import("./manifests/Manifests")) },
  { path: "manifests/new", lazy: page(() => import("./manifests/NewManifest")) },
  { path: "manifests/:id", lazy: page(() => import("./manifests/ManifestPage")) },
  { path: "manifest-changes", lazy: page(() => import("./changes/Changes")) },
  { path: "manifest-changes/new", lazy: page(() => import("./changes/NewChange")) },
  { path: "manifest-changes/:id", lazy: page(() => import("./changes/ChangePage")) },
  { path: "discharge-orders", lazy: page(() => import("./discharge/DischargeOrders")) },
  { path: "discharge-orders/:id", lazy: page(() => import("./discharge/DischargeOrderPage")) },
  { path: "tally-reports", lazy: page(() => import("./tallies/Tallies")) },
  { path: "transhipments", lazy: page(() => import("./transhipments/Transhipments")) },
  { path: "transhipments/new", lazy: page(() => import("./transhipments/NewTranshipment")) },
  { path: "transhipments/:id", lazy: page(() => import("./transhipments/TranshipmentPage")) },
  { path: "outbound-bills", lazy: page(() => import("./transhipments/OutboundBills")) },
  { path: "outbound-bills/new", lazy: page(() => import("./transhipments/NewOutbound")) },
  { path: "conveyances", lazy: page(() => import("./conveyances/Conveyances")) },
  { path: "conveyances/:id", lazy: page(() => import("./conveyances/ConveyancePage")) },
  { path: "waybills", lazy: page(() => import("./conveyances/Waybills")) },
  { path: "waybills/:number", lazy: page(() => import("./conveyances/WaybillPage")) },
  { path: "messages", lazy: page(() => import("./messages/Messages")) },
  { path: "formats", lazy: page(() => import("./formats/Formats")) },
  { path: "formats/:type/:version", lazy: page(() => import("./formats/FormatPage")) },
  { path: "messages/statistics", lazy: page(() => import("./messages/Statistics")) },
  { path: "messages/:id/repair", lazy: page(() => import("./messages/RepairPage")) },
  { path: "messages/:id", lazy: page(() => import("./messages/MessagePage")) },
  { path: "bills", lazy: page(() => import("./bills/Bills")) },
  { path: "bills/:number", lazy: page(() => import("./bills/BillPage")) },
  { path: "declarations", lazy: page(() => import("./declarations/Declarations")) },
  { path: "declarations/:id", lazy: page(() => import("./declarations/DeclarationPage")) },
  { path: "duty-notices", lazy: page(() => import("./duty/DutyNotices")) },
  { path: "duty-notices/:id", lazy: page(() => import("./duty/DutyNoticePage")) },
  { path: "payments/:id", lazy: page(() => import("./duty/PaymentPage")) },
  { path: "guarantees", lazy: page(() => import("./duty/Guarantees")) },
  { path: "agreements", lazy: page(() => import("./agreements/Agreements")) },
  { path: "agreements/:id", lazy: page(() => import("./agreements/AgreementPage")) },
  { path: "delivery-orders", lazy: page(() => import("./orders/DeliveryOrders")) },
  { path: "delivery-orders/:id", lazy: page(() => import("./orders/DeliveryOrderPage")) },
  { path: "bookings", lazy: page(() => import("./bookings/Bookings")) },
  { path: "bookings/new", lazy: page(() => import("./bookings/NewBooking")) },
  { path: "slots", lazy: page(() => import("./bookings/Slots")) },
  { path: "today", lazy: page(() => import("./trucker/Today")) },
  { path: "containers", lazy: page(() => import("./terminal/Containers")) },
  { path: "containers/discharge", lazy: page(() => import("./terminal/Discharge")) },
  { path: "mailbox", lazy: page(() => import("./terminal/Mailbox")) },
  { path: "gate", lazy: page(() => import("./gate/Gate")) },
  { path: "gate/transactions", lazy: page(() => import("./gate/Transactions")) },
  { path: "eirs/:id", lazy: page(() => import("./gate/EirPage")) },
  { path: "inspections", lazy: page(() => import("./inspections/Inspections")) },
  { path: "inspections/:id", lazy: page(() => import("./inspections/InspectionPage")) },
  { path: "rules", lazy: page(() => import("./rules/Rules")) },
  { path: "rules/:id/versions/:number", lazy: page(() => import("./rules/VersionPage")) },
];

const item = {
  calls: { path: "/calls", label: "rooms.nav.calls", icon: <RocketOutlined /> },
  manifests: { path: "/manifests", label: "rooms.nav.manifests", icon: <ProfileOutlined /> },
  changes: { path: "/manifest-changes", label: "rooms.nav.changes", icon: <EditOutlined /> },
  dischargeOrders: { path: "/discharge-orders", label: "rooms.nav.dischargeOrders", icon: <DownSquareOutlined /> },
  tallies: { path: "/tally-reports", label: "rooms.nav.tallies", icon: <FieldTimeOutlined /> },
  transhipments: { path: "/transhipments", label: "rooms.nav.transhipments", icon: <SwapOutlined /> },
  conveyances: { path: "/conveyances", label: "rooms.nav.conveyances", icon: <NodeIndexOutlined /> },
  waybills: { path: "/waybills", label: "rooms.nav.waybills", icon: <FileTextOutlined /> },
  messages: { path: "/messages", label: "rooms.nav.messages", icon: <MessageOutlined /> },
  formats: { path: "/formats", label: "rooms.nav.formats", icon: <ReadOutlined /> },
  bills: { path: "/bills", label: "rooms.nav.bills", icon: <FileTextOutlined /> },
  declarations: { path: "/declarations", label: "rooms.nav.declarations", icon: <FileProtectOutlined /> },
  duty: { path: "/duty-notices", label: "rooms.nav.duty", icon: <BankOutlined /> },
  guarantees: { path: "/guarantees", label: "rooms.nav.guarantees", icon: <SafetyOutlined /> },
  agreements: { path: "/agreements", label: "rooms.nav.agreements", icon: <SolutionOutlined /> },
  orders: { path: "/delivery-orders", label: "rooms.nav.orders", icon: <FileDoneOutlined /> },
  bookings: { path: "/bookings", label: "rooms.nav.bookings", icon: <ScheduleOutlined /> },
  containers: { path: "/containers", label: "rooms.nav.containers", icon: <ContainerOutlined /> },
  discharge: { path: "/containers/discharge", label: "rooms.nav.discharge", icon: <ImportOutlined /> },
  gate: { path: "/gate", label: "rooms.nav.gate", icon: <LoginOutlined /> },
  transactions: { path: "/gate/transactions", label: "rooms.nav.transactions", icon: <AuditOutlined /> },
  mailbox: { path: "/mailbox", label: "rooms.nav.mailbox", icon: <InboxOutlined /> },
  inspections: { path: "/inspections", label: "rooms.nav.inspections", icon: <EyeOutlined /> },
  slots: { path: "/slots", label: "rooms.nav.slots", icon: <FieldTimeOutlined /> },
  rules: { path: "/rules", label: "rooms.nav.rules", icon: <TableOutlined /> },
  today: { path: "/today", label: "rooms.nav.today", icon: <CalendarOutlined /> },
} satisfies Record<string, NavItem>;

export const roomNav: Record<Role, NavItem[]> = {
  trader: [item.bills, item.waybills, item.declarations, item.inspections, item.duty, item.guarantees, item.orders, item.bookings, item.containers, item.agreements, item.mailbox],
  agent: [item.calls, item.manifests, item.changes, item.dischargeOrders, item.transhipments, item.conveyances, item.waybills, item.messages, item.bills, item.orders, item.containers, item.mailbox, item.formats],
  terminal: [item.gate, item.transactions, item.dischargeOrders, item.discharge, item.tallies, item.transhipments, item.conveyances, item.containers, item.calls, item.inspections, item.bookings, item.slots, item.messages, item.mailbox, item.formats],
  trucker: [item.today, item.orders, item.bookings, item.mailbox],
  customs: [item.declarations, item.inspections, item.bills, item.manifests, item.changes, item.tallies, item.transhipments, item.conveyances, item.waybills, item.calls, item.containers, item.duty, item.guarantees, item.rules],
  "port-office": [item.calls, item.containers, item.bills, item.tallies, item.transhipments, item.conveyances, item.waybills, item.inspections, item.messages, item.rules],
  admin: [item.rules],
  national: [],
};
