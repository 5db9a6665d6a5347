import type { Sample } from "../../api/types";
import { useI18n } from "../../i18n";
import { StatusTag } from "../../parts";

const TONES = { pass: "done", fail: "stop", inconclusive: "wait" } as const;

/** What a test came to, as a tag; a dash while it is not known. */
export function ConclusionTag({ of }: { of: Pick<Sample, "conclusion" | "conclusion_text"> }) {
  const { t } = useI18n();
  if (!of.conclusion) return <span className="none" title={t("rooms.sample.noConclusion")}>–</span>;
  return <StatusTag status={of.conclusion} text={of.conclusion_text} tone={TONES[of.conclusion as keyof typeof TONES]} />;
}
