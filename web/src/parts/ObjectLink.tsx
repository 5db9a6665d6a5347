// From an object of the ledger to the page that shows it.
import type { ReactNode } from "react";
import { Link } from "react-router";
import { url } from "../api/client";
import type { ObjectRef } from "../api/types";

const ROUTES: Record<string, (id: string) => string> = {
  "ship-call": (id) => url`/calls/${id}`,
  manifest: (id) => url`/manifests/${id}`,
  "manifest-change": (id) => url`/manifest-changes/${id}`,
  "tally-report": (id) => url`/tally-reports?q=${id}`,
  transhipment: (id) => url`/transhipments/${id}`,
  "outbound-bill": (id) => url`/outbound-bills?q=${id}`,
  conveyance: (id) => url`/conveyances/${id}`,
  waybill: (id) => url`/waybills/${id}`,
  bill: (id) => url`/bills/${id}`,
  container: (id) => url`/cases/${id}`,
  declaration: (id) => url`/declarations/${id}`,
  inspection: (id) => url`/inspections/${id}`,
  "image-task": (id) => url`/image-tasks/${id}`,
  sample: (id) => url`/samples/${id}`,
  "testing-body": (id) => url`/testing-bodies/${id}`,
  "third-party-report": (id) => url`/third-party-reports/${id}`,
  scan: (id) => url`/scans/${id}`,
  instruction: (id) => url`/instructions/${id}`,
  "site-rule": () => "/inspection-site/rule",
  clue: (id) => url`/clues/${id}`,
  "joint-order": (id) => url`/joint-orders/${id}`,
  "daily-report": (id) => url`/daily-reports/${id}`,
  "field-record": (id) => url`/field-records/${id}`,
  "duty-notice": (id) => url`/duty-notices/${id}`,
  payment: (id) => url`/payments/${id}`,
  "agency-agreement": (id) => url`/agreements/${id}`,
  guarantee: () => "/guarantees",
  "discharge-order": (id) => url`/discharge-orders/${id}`,
  "loading-order": (id) => url`/loading-orders/${id}`,
  "delivery-order": (id) => url`/delivery-orders/${id}`,
  booking: (id) => url`/bookings?q=${id}`,
  "gate-transaction": (id) => url`/gate/transactions?q=${id}`,
  eir: (id) => url`/eirs/${id}`,
  message: (id) => url`/messages/${id}`,
  "message-alarm": () => "/messages#alarms-title",
  transmission: (id) => url`/national/transmissions/${id}`,
  "rule-table": (id) => url`/rules?table=${id}`,
  equipment: (id) => url`/equipment/${id}`,
  "equipment-alarm": () => "/equipment",
  "inspected-sailing": (id) => url`/insight/on-schedule?q=${id}`,
  roster: (id) => url`/roster?day=${id.slice(5)}`,
  "inspection-site": () => "/workload",
  "case-alarm": (id) => url`/alarms?q=${id}`,
  "alarm-rule": () => "/alarm-rules",
  "roll-out": () => "/roll-out",
  "sharing-agreement": (id) => url`/sharing-agreements/${id}`,
  "data-delivery": () => "/data-usage",
  "draw-day": (id) => url`/draws/${id}`,
};

/** The page of an object; null when it has none. */
export function objectPath(object: ObjectRef): string | null {
  return ROUTES[object.type]?.(object.id) ?? null;
}

/** A container's number without the ship call behind it. */
export function containerNumber(id: string): string {
  return id.split("-")[0] ?? id;
}

export function ObjectLink({ type, id, children }: ObjectRef & { children?: ReactNode }) {
  const path = objectPath({ type, id });
  const shown = children ?? (type === "container" ? containerNumber(id) : id);
  return path ? (
    <Link to={path} className="object-link">
      {shown}
    </Link>
  ) : (
    <span className="mono">{shown}</span>
  );
}
