// What the check finds in a version: faults and warnings first; what is merely worth knowing is folded away.
import type { Finding } from "../../api/types";
import { useI18n } from "../../i18n";
import { FindingList } from "../../parts";

export function Found({ findings }: { findings: Finding[] }) {
  const { t } = useI18n();
  const infos = findings.filter((finding) => finding.severity === "info");
  return (
    <>
      <FindingList findings={findings.filter((finding) => finding.severity !== "info")} empty={<p className="told-good" role="status">{t("rules.clean")}</p>} />
      {infos.length > 0 && (
        <details>
          <summary>{t("rules.infos", { n: infos.length })}</summary>
          <FindingList findings={infos} />
        </details>
      )}
    </>
  );
}
