// Who looked at what, who did what, and what was refused.
import type { AuditRow } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, PageHeader, StatusTag, When, Worklist } from "../../parts";

function toneOf(outcome: string) {
  return /^(allow|ok|done|success|read)/.test(outcome) ? "done" : /^(refus|deni|forbid|fail|error)/.test(outcome) ? "stop" : "calm";
}

export default function Audit() {
  const { t, maybe } = useI18n();
  return (
    <>
      <PageHeader title={t("nav.audit")}>{t("admin.auditLead")}</PageHeader>
      <Worklist<AuditRow>
        label={t("nav.audit")}
        path="/admin/audit"
        rowKey={(row) => String(row.seq)}
        filters={[
          { name: "who", label: t("admin.who") },
          { name: "action", label: t("admin.action") },
          { name: "object_type", label: t("worklist.kind") },
          { name: "object_id", label: t("worklist.object") },
        ]}
        columns={[
          { key: "at", title: t("admin.at"), render: (row) => <When at={row.at} style="second" /> },
          { key: "who", title: t("admin.who"), render: (row) => <span className="mono">{row.who ?? "–"}</span> },
          { key: "organisation", title: t("admin.organisation"), wide: true, render: (row) => row.organisation ?? "–" },
          { key: "action", title: t("admin.action"), render: (row) => <span className="mono">{row.action}</span> },
          {
            key: "object",
            title: t("worklist.object"),
            render: (row) =>
              row.object ? (
                <>
                  <span className="muted">{maybe(`kind.${row.object.type}`, row.object.type)}</span> <ObjectLink type={row.object.type} id={row.object.id} />
                </>
              ) : (
                "–"
              ),
          },
          { key: "outcome", title: t("admin.outcome"), render: (row) => <StatusTag status={row.outcome} tone={toneOf(row.outcome)} text={maybe(`outcome.${row.outcome}`, row.outcome)} /> },
          { key: "request", title: t("admin.request"), wide: true, render: (row) => <span className="mono">{row.request ?? "–"}</span> },
        ]}
      />
    </>
  );
}
