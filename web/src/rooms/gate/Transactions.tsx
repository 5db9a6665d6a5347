// Gate transactions (闸口记录): every decision, passed or refused, with its reasons.
import type { GateTransaction } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, PageHeader, StatusTag, When, Worklist } from "../../parts";

export default function Transactions() {
  const { t, tx } = useI18n();
  return (
    <>
      <PageHeader title={t("rooms.gate.transactions")}>{t("rooms.gate.transactionsLead")}</PageHeader>
      <Worklist<GateTransaction>
        label={t("rooms.gate.transactions")}
        path="/gate/transactions"
        rowKey={(row) => row.id}
        filters={[
          { name: "q", label: t("rooms.gate.find") },
          {
            name: "outcome",
            label: t("rooms.gate.outcome"),
            options: [
              { value: "passed", label: t("rooms.gate.passed") },
              { value: "refused", label: t("rooms.gate.refused") },
            ],
          },
        ]}
        columns={[
          { key: "id", title: t("rooms.number"), render: (row) => <span className="mono">{row.id}</span> },
          { key: "at", title: t("rooms.message.receivedAt"), render: (row) => <When at={row.at} style="short" /> },
          {
            key: "direction",
            title: t("rooms.gate.direction"),
            render: (row) => `${row.direction === "in" ? t("rooms.gate.in") : t("rooms.gate.out")} · ${row.lane}`,
          },
          { key: "plate", title: t("rooms.booking.plate"), render: (row) => <span className="mono">{row.plate}</span> },
          { key: "container", title: t("rooms.container.number"), render: (row) => <span className="mono">{row.container}</span> },
          {
            key: "outcome",
            title: t("rooms.gate.outcome"),
            render: (row) => <StatusTag status={row.outcome} text={row.outcome === "passed" ? t("rooms.gate.passed") : t("rooms.gate.refused")} />,
          },
          {
            key: "reasons",
            title: t("rooms.gate.reasons"),
            render: (row) =>
              row.reasons.length > 0 ? row.reasons.map((reason) => tx(reason.text)).join(t("rooms.listComma")) : <span className="none">–</span>,
          },
          { key: "eir", title: t("kind.eir"), render: (row) => (row.eir ? <ObjectLink type="eir" id={row.eir} /> : <span className="none">–</span>) },
        ]}
      />
    </>
  );
}
