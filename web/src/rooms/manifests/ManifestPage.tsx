// One manifest: its bills, and what the check had to say.
import { useParams } from "react-router";
import { url } from "../../api/client";
import { useGet } from "../../api/query";
import type { Manifest } from "../../api/types";
import { useI18n } from "../../i18n";
import { FindingList, KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { BillTable } from "../bills/BillTable";

export default function ManifestPage() {
  const { id = "" } = useParams();
  const { t, tx } = useI18n();
  const manifest = useGet<Manifest>(url`/manifests/${id}`);
  const back = { to: "/manifests", text: t("rooms.manifest.title") };
  const data = manifest.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{id}</span>}
        tab={id}
        eyebrow={t("kind.manifest")}
        back={back}
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
      />
      {manifest.error && <ProblemAlert error={manifest.error} retry={() => void manifest.refetch()} />}
      {manifest.isPending && <Loading />}
      {data && (
        <>
          <section className="panel" aria-label={t("rooms.manifest.facts")}>
            <KeyFacts
              facts={[
                {
                  label: t("rooms.call.ship"),
                  value: data.call && <ObjectLink type="ship-call" id={data.call.id}>{`${data.call.ship_name} ${data.call.voyage_in}`}</ObjectLink>,
                },
                { label: t("rooms.call.agent"), value: tx(data.agent.name) },
                { label: t("rooms.manifest.function"), value: data.function === "replace" ? t("rooms.manifest.replace") : t("rooms.manifest.original") },
                { label: t("rooms.manifest.acceptedAt"), value: <When at={data.accepted_at} /> },
                {
                  label: t("rooms.manifest.message"),
                  value: data.message ? (
                    <ObjectLink type="message" id={data.message}>
                      {t("rooms.manifest.openMessage")}
                    </ObjectLink>
                  ) : (
                    t("rooms.manifest.byForm")
                  ),
                },
              ]}
            />
          </section>
          {data.findings.length > 0 && (
            <section className="panel">
              <h2>{t("findings.title")}</h2>
              <FindingList findings={data.findings} />
            </section>
          )}
          <section className="panel">
            <h2>
              {t("rooms.manifest.bills")} · {data.bills.length}
            </h2>
            <BillTable bills={data.bills} />
          </section>
        </>
      )}
    </>
  );
}
