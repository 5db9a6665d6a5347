// One event as it stands in the ledger, with its receipt.
import { DownloadOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useParams } from "react-router";
import { fileUrl, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { LedgerEvent, ObjectRef } from "../../api/types";
import { useI18n } from "../../i18n";
import { CopyText, KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, When } from "../../parts";
import { ErrorPage } from "../../shell/ErrorPage";
import { useKindName } from "../start/columns";
import "./ledger.css";

function isRef(value: unknown): value is ObjectRef {
  return typeof value === "object" && value !== null && typeof (value as ObjectRef).type === "string" && typeof (value as ObjectRef).id === "string";
}

/** The objects that an event names, wherever it keeps them. */
function refsOf(event: Record<string, unknown>): ObjectRef[] {
  const found = Object.values(event).flatMap((value) => (Array.isArray(value) ? value : [value]));
  return found.flatMap((value) => {
    const inner = typeof value === "object" && value !== null && "object" in value ? (value as { object: unknown }).object : value;
    return isRef(inner) ? [inner] : [];
  });
}

export default function EventPage() {
  const { t, number } = useI18n();
  const { id = "" } = useParams();
  const kindName = useKindName();
  const query = useGet<LedgerEvent>(url`/events/${id}`);
  if (query.error?.status === 404) return <ErrorPage kind="missing" />;
  if (query.error?.status === 403) return <ErrorPage kind="403" />;
  if (query.error) return <ProblemAlert error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  const { event, position, leaf_hash } = query.data;
  const kind = typeof event["kind"] === "string" ? event["kind"] : id;
  const text = (name: string) => (typeof event[name] === "string" ? event[name] : null);
  return (
    <>
      <PageHeader
        eyebrow={t("ledger.event", { n: number(position) })}
        title={<span className="mono">{kind}</span>}
        tab={`#${position}`}
        actions={
          <>
            <Button type="primary" icon={<DownloadOutlined aria-hidden="true" />} href={fileUrl(url`/events/${id}/receipt`)} download>
              {t("case.receipt")}
            </Button>
            <Button icon={<DownloadOutlined aria-hidden="true" />} href={fileUrl(url`/events/${id}/receipt.pdf`)} download>
              PDF
            </Button>
          </>
        }
      />
      <div className="stack">
        <section className="panel">
          <KeyFacts
            facts={[
              { label: t("ledger.occurred"), value: <When at={text("occurred_at")} style="second" /> },
              { label: t("ledger.recorded"), value: <When at={text("recorded_at")} style="second" /> },
              { label: t("ledger.eventId"), value: <CopyText text={id} /> },
              { label: t("ledger.leaf"), value: <CopyText text={leaf_hash} />, wide: true },
              {
                label: t("case.objects"),
                wide: true,
                value: (
                  <span className="row">
                    {refsOf(event).map((object) => (
                      <span key={`${object.type} ${object.id}`}>
                        {kindName(object.type)} <ObjectLink type={object.type} id={object.id} />
                      </span>
                    ))}
                  </span>
                ),
              },
            ]}
          />
        </section>
        <section className="panel" aria-labelledby="content-title">
          <h2 id="content-title">{t("ledger.content")}</h2>
          <p className="muted">{t("ledger.masked")}</p>
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre className="json" tabIndex={0}>{JSON.stringify(event, null, 2)}</pre>
        </section>
      </div>
    </>
  );
}
