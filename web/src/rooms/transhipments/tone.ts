// The colour of a transhipment's state.
import type { Tone } from "../../parts";

const TONES: Record<string, Tone> = { waiting: "wait", mismatched: "stop", released: "go", loaded: "done", "left-behind": "stop", refused: "stop", withdrawn: "calm" };

export const toneOfTranshipment = (status: string): Tone => TONES[status] ?? "calm";
