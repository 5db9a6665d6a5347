// Reading of a pasted tally sheet: container, position, seal, packages, damage; one box per line.

/** Most reports in one request; a limit of /containers/discharge. */
export const REPORTS_MAX = 1_000;

export interface TallyLine {
  container: string;
  position: string;
  seal: string;
  packages: string;
  damage: string;
}

export function parseTally(text: string): TallyLine[] {
  const lines = new Map<string, TallyLine>();
  for (const line of text.split(/\r?\n/)) {
    const [container = "", position = "", seal = "", packages = "", ...damage] = line
      .split(line.includes("\t") ? "\t" : /[,;]|\s{2,}/)
      .map((cell) => cell.trim());
    const number = container.replace(/[\s-]/g, "").toUpperCase();
    if (!/^[A-Z]{4}\d{7}$/.test(number) || lines.size >= REPORTS_MAX) continue;
    lines.set(number, { container: number, position: position.toUpperCase(), seal, packages, damage: damage.filter(Boolean).join(" ") });
  }
  return [...lines.values()];
}
