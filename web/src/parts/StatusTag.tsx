// A state as a small tag. Colour says what kind of state it is; the words always say which.
import type { Text } from "../api/types";
import { useI18n } from "../i18n";

export type Tone = "done" | "go" | "wait" | "stop" | "calm";

const TONES: Record<Tone, readonly string[]> = {
  done: ["released", "landed", "passed", "paid", "settled", "redeemed", "completed", "processed", "answered", "confirmed", "gone", "departed", "delivered", "valid", "guaranteed", "waived", "free", "closed", "cleared", "explained", "taken", "used", "clean"],
  go: ["accepted", "arrived", "issued", "in-yard", "manifested", "at-site", "booked", "gated-in", "on-truck", "appointed", "transferred", "active", "sent", "received", "partly-landed", "paying", "matched", "under-way", "in-force", "in-service"],
  wait: ["awaiting-decision", "awaiting-arrival", "awaiting-documents", "awaiting-inspection", "awaiting-payment", "at-inspection", "due", "ordered", "requested", "pending", "expected", "announced", "processed-with-findings", "exhausted", "unpaid", "recorded", "proposed", "acknowledged", "placed", "follow-up", "provider-approved", "awaiting-scan", "first-review", "second-review", "decision", "testing", "reported", "submitted"],
  stop: ["held", "rejected", "undelivered", "failed", "raised", "refused", "missed", "expired", "error", "dead", "invalid", "declined", "differs", "not-taken", "suspended", "suspect", "unusable"],
  calm: ["repaired", "draft", "cancelled", "withdrawn", "revoked", "set-aside"],
};

const byStatus = new Map<string, Tone>();
for (const [tone, list] of Object.entries(TONES)) for (const status of list) byStatus.set(status, tone as Tone);

/** The tone of a status code; an unknown code is calm. */
export function toneOf(status: string): Tone {
  return byStatus.get(status) ?? "calm";
}

export function StatusTag({ status, text, tone }: { status: string; text?: Text | string | null; tone?: Tone }) {
  const { tx } = useI18n();
  const words = typeof text === "string" ? text : tx(text);
  return (
    <span className={`tag tag-${tone ?? toneOf(status)}`} data-status={status}>
      <span className="tag-dot" aria-hidden="true" />
      {words || status}
    </span>
  );
}
