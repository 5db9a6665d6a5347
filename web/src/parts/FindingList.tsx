// All findings of a document at once. A click leads to the field, when the page knows it.
import { CloseCircleFilled, ExclamationCircleFilled, InfoCircleFilled } from "@ant-design/icons";
import type { Finding, Severity } from "../api/types";
import { useI18n } from "../i18n";

const ICONS: Record<Severity, React.ReactNode> = {
  error: <CloseCircleFilled aria-hidden="true" />,
  warning: <ExclamationCircleFilled aria-hidden="true" />,
  info: <InfoCircleFilled aria-hidden="true" />,
};
const ORDER: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

/** Moves to the element with data-pointer={pointer}, or to the nearest one that encloses it. */
export function jumpToPointer(pointer: string): boolean {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf("/"))) {
    const element = document.querySelector<HTMLElement>(`[data-pointer="${CSS.escape(at)}"]`);
    if (element) {
      element.scrollIntoView({ behavior: "smooth", block: "center" });
      const field = element.matches("input,textarea,select,[tabindex]")
        ? element
        : element.querySelector<HTMLElement>("input,textarea,select,[tabindex]");
      field?.focus({ preventScroll: true });
      element.classList.add("pointed");
      setTimeout(() => element.classList.remove("pointed"), 2_000);
      return true;
    }
    if (!at.includes("/")) return false;
  }
}

interface Props {
  findings: Finding[];
  /** Default: jumpToPointer. */
  onPick?: (finding: Finding) => void;
  empty?: React.ReactNode;
}

export function FindingList({ findings, onPick, empty = null }: Props) {
  const { t, tx } = useI18n();
  if (findings.length === 0) return <>{empty}</>;
  const sorted = [...findings].sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
  const errors = findings.filter((finding) => finding.severity === "error").length;
  return (
    <section className="findings" aria-label={t("findings.title")}>
      <p className="findings-count" role="status">
        {t("findings.count", { errors, rest: findings.length - errors })}
      </p>
      <ul>
        {sorted.map((finding, at) => (
          <li key={`${finding.code} ${finding.pointer} ${at}`} className={`finding finding-${finding.severity}`}>
            <button type="button" onClick={() => (onPick ? onPick(finding) : jumpToPointer(finding.pointer))}>
              {ICONS[finding.severity]}
              <span className="finding-body">
                <span className="visually-hidden">{t(`severity.${finding.severity}`)}: </span>
                <span className="finding-message">{tx(finding.message)}</span>
                {tx(finding.hint) && <span className="finding-hint">{tx(finding.hint)}</span>}
                <span className="finding-place">
                  <code>{finding.code}</code>
                  {finding.segment !== undefined && finding.segment !== null && (
                    <span>
                      {t("findings.segment", { n: finding.segment })} {finding.segment_tag ?? ""}
                    </span>
                  )}
                  {finding.pointer && <span>{finding.pointer}</span>}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
