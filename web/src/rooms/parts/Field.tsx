// One field of a form: label, official name, control, and the findings that point at it.
import { Tooltip } from "antd";
import type { ReactNode } from "react";
import type { Finding, Severity } from "../../api/types";
import { useI18n } from "../../i18n";

/** The worst severity among findings. */
export function worst(findings: readonly Finding[]): Severity | null {
  if (findings.some((finding) => finding.severity === "error")) return "error";
  if (findings.some((finding) => finding.severity === "warning")) return "warning";
  return findings.length > 0 ? "info" : null;
}

/** The status that an antd control shows for findings. */
export function controlStatus(findings: readonly Finding[]): "error" | "warning" | undefined {
  const severity = worst(findings);
  return severity === "info" || severity === null ? undefined : severity;
}

interface Props {
  label: string;
  /** JSON pointer of the field, where findings lead to. */
  pointer?: string;
  official?: string;
  required?: boolean;
  findings?: readonly Finding[];
  /** A fault that the browser sees by itself. */
  fault?: string | null;
  hint?: ReactNode;
  className?: string;
  children: ReactNode;
}

export function Field({ label, pointer, official, required, findings = [], fault, hint, className, children }: Props) {
  const { tx, t } = useI18n();
  const severity = fault ? "error" : worst(findings);
  return (
    <div className={["field", severity ? `field-${severity}` : "", className ?? ""].join(" ").trim()} data-pointer={pointer}>
      <div className="field-label">
        {official ? (
          <Tooltip title={official}>
            <span className="field-official">{label}</span>
          </Tooltip>
        ) : (
          <span>{label}</span>
        )}
        {required && (
          <span className="field-required" title={t("rooms.field.required")}>
            <span aria-hidden="true">*</span>
            <span className="visually-hidden">{t("rooms.field.required")}</span>
          </span>
        )}
      </div>
      {children}
      {fault && (
        <p className="field-fault" role="alert">
          {fault}
        </p>
      )}
      {findings.map((finding, at) => (
        <p key={`${finding.code} ${String(at)}`} className={`field-fault field-fault-${finding.severity}`}>
          {tx(finding.message)}
          {tx(finding.hint) && <span className="field-hint"> {tx(finding.hint)}</span>}
        </p>
      ))}
      {hint && !fault && findings.length === 0 && <p className="field-hint">{hint}</p>}
    </div>
  );
}
