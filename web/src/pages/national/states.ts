// States of a declaration sent on, as the server names them.
import type { Tone } from "../../parts";

export const TRANSMISSION_STATES = ["prepared", "undelivered", "sent", "received", "refused", "stored", "review", "released", "closed", "deleted"] as const;

const TONES: Record<(typeof TRANSMISSION_STATES)[number], Tone> = {
  prepared: "wait",
  undelivered: "stop",
  sent: "wait",
  received: "go",
  refused: "stop",
  stored: "go",
  review: "go",
  released: "done",
  closed: "done",
  deleted: "calm",
};

export function toneOfTransmission(status: string): Tone {
  return (TONES as Record<string, Tone>)[status] ?? "calm";
}
