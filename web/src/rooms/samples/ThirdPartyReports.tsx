// Reports of third parties: to be verified and looked at again by officers, followed by whoever sent them in.
import { url } from "../../api/client";
import { useSession } from "../../api/session";
import type { ThirdPartyReport } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, PageHeader, StatusTag, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";

export default function ThirdPartyReports() {
  const { t, tx } = useI18n();
  const customs = useSession()?.user.role === "customs";
  const statuses = useStatusChoices("third-party-report");
  return (
    <>
      <PageHeader title={t("rooms.third.title")}>{t(customs ? "rooms.third.lead" : "rooms.third.ownLead")}</PageHeader>
      <Worklist<ThirdPartyReport>
        label={t("rooms.third.title")}
        path="/third-party-reports"
        rowKey={(row) => row.id}
        to={(row) => url`/third-party-reports/${row.id}`}
        filters={[
          { name: "q", label: t("rooms.third.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "number", title: t("rooms.third.number"), render: (row) => <span className="mono">{row.number}</span> },
          {
            key: "status",
            title: t("worklist.status"),
            render: (row) => (
              <>
                <StatusTag status={row.status} text={row.status_text} /> {row.drawn && !row.audit && <span className="mark">{t("rooms.third.audit")}</span>}
              </>
            ),
          },
          { key: "body", title: t("rooms.third.body"), render: (row) => tx(row.body_name) },
          { key: "inspection", title: t("kind.inspection"), render: (row) => <ObjectLink type="inspection" id={row.inspection} /> },
          { key: "bill", title: t("rooms.bill.number"), render: (row) => <ObjectLink type="bill" id={row.bill_no} />, wide: true },
          { key: "sent", title: t("rooms.third.sentAt"), render: (row) => <When at={row.sent_at} relative /> },
        ]}
        empty={t("rooms.third.empty")}
      />
    </>
  );
}
