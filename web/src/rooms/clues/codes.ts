// Codes of a clue, in the order in which they are offered.
import type { Tone } from "../../parts";

export const ABOUT = ["enterprise", "container", "bill", "ship", "plate"] as const;
export const SOURCES = ["public-report", "patrol", "transferred", "data", "inspection", "other"] as const;
export const SEVERITIES = ["low", "medium", "high"] as const;
export const FINDINGS = ["confirmed", "not-confirmed", "needs-more"] as const;
export const PURPOSES = ["assess", "check", "review"] as const;
export const SCOPES = ["clue", "all"] as const;
/** Facts, by their source, as they are named to people. */
export const FACT_SOURCES = ["credit", "passage", "call", "declaration"] as const;
export type FactSource = (typeof FACT_SOURCES)[number];

/** A clue that is confirmed is nothing to be glad of. */
const TONES: Record<string, Tone> = { registered: "wait", assigned: "go", confirmed: "stop", "not-confirmed": "done", "needs-more": "wait", closed: "calm", shared: "calm" };

/** The tone of the state or finding of a clue. */
export function clueTone(status: string): Tone {
  return TONES[status] ?? "calm";
}
