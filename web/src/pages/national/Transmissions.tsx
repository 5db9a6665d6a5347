// Declarations sent on to the national single window.
import { url } from "../../api/client";
import type { TransmissionSummary } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, PageHeader, StatusTag, When, Worklist } from "../../parts";
import { TRANSMISSION_STATES, toneOfTransmission } from "./states";

export default function Transmissions() {
  const { t, tx, maybe } = useI18n();
  return (
    <>
      <PageHeader title={t("national.transmissions")}>{t("national.transmissionsLead")}</PageHeader>
      <Worklist<TransmissionSummary>
        label={t("national.transmissions")}
        path="/national/transmissions"
        rowKey={(row) => row.id}
        to={(row) => url`/national/transmissions/${row.id}`}
        overdue={(row) => row.receipt_due_at !== null && Date.parse(row.receipt_due_at) < Date.now()}
        empty={t("national.empty")}
        filters={[
          { name: "q", label: t("national.find") },
          { name: "status", label: t("national.status"), options: TRANSMISSION_STATES.map((state) => ({ value: state, label: maybe(`transmission.${state}`, state) })) },
        ]}
        columns={[
          { key: "id", title: t("national.number"), render: (row) => <span className="mono">{row.id}</span> },
          { key: "declaration", title: t("national.declaration"), render: (row) => <ObjectLink type="declaration" id={row.declaration} /> },
          { key: "bill", title: t("national.bill"), wide: true, render: (row) => <span className="mono">{row.bill_no}</span> },
          { key: "broker", title: t("national.broker"), wide: true, render: (row) => tx(row.broker.name) },
          {
            key: "status",
            title: t("national.status"),
            render: (row) => (
              <>
                <StatusTag status={row.status} tone={toneOfTransmission(row.status)} text={row.status_text} />
                {row.sandbox && <span className="mark">{t("national.isSandbox")}</span>}
              </>
            ),
          },
          { key: "entry", title: t("national.entryId"), render: (row) => <span className="mono">{row.entry_id ?? "–"}</span> },
          { key: "at", title: t("national.preparedAt"), render: (row) => <When at={row.prepared_at} style="short" /> },
        ]}
      />
    </>
  );
}
