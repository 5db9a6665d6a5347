// The main things that each role comes to do.
import type { Role } from "../../api/types";
import type { MessageKey } from "../../i18n";

interface MainAction {
  to: string;
  label: MessageKey;
  text: MessageKey;
}

/** What every authority but customs comes to do. */
const AUTHORITY: MainAction[] = [
  { to: "/instructions/new", label: "start.instruct", text: "start.instruct.text" },
  { to: "/joint-orders", label: "start.joint", text: "start.joint.text" },
  { to: "/instructions", label: "start.instructions", text: "start.instructions.text" },
];

/** What a laboratory comes to do. */
export const LABORATORY_ACTIONS: MainAction[] = [{ to: "/laboratory-queue", label: "start.laboratory", text: "start.laboratory.text" }];

export const MAIN_ACTIONS: Record<Role, MainAction[]> = {
  trader: [
    { to: "/bills?open_for=declaration", label: "start.declare", text: "start.declare.text" },
    { to: "/bills?open_for=delivery-order", label: "start.order", text: "start.order.text" },
    { to: "/duty-notices", label: "start.pay", text: "start.pay.text" },
  ],
  agent: [
    { to: "/messages", label: "start.edi", text: "start.edi.text" },
    { to: "/manifests/new", label: "start.manifest", text: "start.manifest.text" },
    { to: "/calls", label: "start.calls", text: "start.calls.text" },
    { to: "/delivery-orders", label: "start.issue", text: "start.issue.text" },
  ],
  terminal: [
    { to: "/gate", label: "start.gate", text: "start.gate.text" },
    { to: "/containers/discharge", label: "start.discharge", text: "start.discharge.text" },
    { to: "/inspections", label: "start.move", text: "start.move.text" },
  ],
  trucker: [
    { to: "/bookings/new", label: "start.book", text: "start.book.text" },
    { to: "/bookings", label: "start.bookings", text: "start.bookings.text" },
  ],
  customs: [
    { to: "/declarations?status=awaiting-documents", label: "start.documents", text: "start.documents.text" },
    { to: "/inspections", label: "start.inspect", text: "start.inspect.text" },
    { to: "/image-tasks", label: "start.images", text: "start.images.text" },
    { to: "/insight", label: "start.insight", text: "start.insight.text" },
  ],
  maritime: AUTHORITY,
  border: AUTHORITY,
  "port-authority": AUTHORITY,
  "market-supervision": AUTHORITY,
  "port-office": [
    { to: "/insight", label: "start.insight", text: "start.insight.text" },
    { to: "/live", label: "start.live", text: "start.live.text" },
    { to: "/insight/cases", label: "start.slow", text: "start.slow.text" },
    { to: "/messages?waiting=true", label: "start.desk", text: "start.desk.text" },
  ],
  national: [],
  admin: [
    { to: "/admin/organisations", label: "start.organisations", text: "start.organisations.text" },
    { to: "/admin/outbox", label: "start.outbox", text: "start.outbox.text" },
    { to: "/admin/audit", label: "start.audit", text: "start.audit.text" },
  ],
};
