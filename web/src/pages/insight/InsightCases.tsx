// The cases behind a figure, slowest first.
import { url } from "../../api/client";
import type { InsightCase } from "../../api/types";
import { useSearchParams } from "react-router";
import { useI18n } from "../../i18n";
import { PageHeader, StatusTag, Worklist } from "../../parts";

const STAGES = ["discharge", "declare", "decide", "inspect", "pay", "release", "order", "collect"] as const;
const HOURS = ["12", "24", "48", "72", "120"];

export default function InsightCases() {
  const { t, tx, hours, maybe } = useI18n();
  const [search] = useSearchParams();
  const stage = search.get("stage");
  return (
    <>
      <PageHeader title={t("nav.insightCases")} back={{ to: `/insight?${search.toString()}`, text: t("nav.insight") }}>
        {t("insight.casesLead")}
      </PageHeader>
      <Worklist<InsightCase>
        label={t("nav.insightCases")}
        path="/insight/cases"
        params={{ from: search.get("from"), to: search.get("to"), terminal: search.get("terminal") }}
        rowKey={(row) => row.container_id}
        to={(row) => url`/cases/${row.container_id}`}
        filters={[
          { name: "stage", label: t("case.stage"), options: STAGES.map((each) => ({ value: each, label: maybe(`stage.${each}`, each) })) },
          { name: "min_hours", label: t("insight.atLeast"), options: HOURS.map((each) => ({ value: each, label: t("insight.atLeastHours", { n: each }) })) },
        ]}
        columns={[
          { key: "number", title: t("kind.container"), render: (row) => <span className="mono">{row.number}</span> },
          { key: "bill", title: t("kind.bill"), render: (row) => <span className="mono">{row.bill_no}</span> },
          { key: "hours", title: t("insight.total"), align: "right", render: (row) => <strong>{hours(row.hours)}</strong> },
          { key: "stage", title: stage ? maybe(`stage.${stage}`, stage) : t("insight.inStage"), align: "right", render: (row) => hours(row.stage_hours) },
          { key: "terminal", title: t("case.terminal"), wide: true, render: (row) => tx(row.terminal.name) },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status="" tone="calm" text={row.status_text} /> },
        ]}
      />
    </>
  );
}
