// Everybody who exchanges messages with the platform, and how that goes.
import type { PartnerSummary } from "../../api/types";
import { Link } from "react-router";
import { url } from "../../api/client";
import { useI18n } from "../../i18n";
import { PageHeader, StatusTag, When, Worklist } from "../../parts";

export default function Partners() {
  const { t, tx, number } = useI18n();
  return (
    <>
      <PageHeader
        title={t("nav.partners")}
        actions={
          <Link className="button-link" to="/admin/routes">
            {t("route.title")}
          </Link>
        }
      >
        {t("partner.lead")}
      </PageHeader>
      <Worklist<PartnerSummary>
        label={t("nav.partners")}
        path="/admin/partners"
        rowKey={(row) => row.organisation.id}
        to={(row) => url`/admin/partners/${row.organisation.id}`}
        filters={[{ name: "q", label: t("partner.find") }]}
        columns={[
          { key: "organisation", title: t("partner.organisation"), render: (row) => tx(row.organisation.name) },
          { key: "identifiers", title: t("partner.identifiers"), render: (row) => <span className="mono">{row.identifiers.map((each) => each.id).join(" ") || "–"}</span> },
          { key: "agreed", title: t("partner.agreed"), wide: true, render: (row) => t(row.agreed ? "partner.agreed.yes" : "partner.agreed.no") },
          { key: "phase", title: t("partner.phase"), wide: true, render: (row) => t(`partner.phase.${row.phase}`) },
          { key: "by", title: t("partner.deliverBy"), wide: true, render: (row) => t(`partner.by.${row.deliver_by}`) },
          { key: "heard", title: t("partner.lastHeard"), render: (row) => (row.last_received_at ? <When at={row.last_received_at} style="short" /> : t("partner.never")) },
          { key: "state", title: t("partner.state"), render: (row) => <PartnerState partner={row} /> },
          { key: "dead", title: t("partner.dead"), align: "right", render: (row) => number(row.dead) },
        ]}
      />
    </>
  );
}

/** The worst that is to be said of a partner now. */
export function PartnerState({ partner }: { partner: Pick<PartnerSummary, "silent_since"> & { failing: boolean } }) {
  const { t } = useI18n();
  if (partner.failing) return <StatusTag status="failing" tone="stop" text={t("partner.failing")} />;
  if (partner.silent_since) return <StatusTag status="silent" tone="wait" text={t("partner.silent")} />;
  return <StatusTag status="fine" tone="done" text={t("partner.fine")} />;
}
