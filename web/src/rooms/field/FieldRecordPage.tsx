// One record of the site.
import { useParams } from "react-router";
import { url } from "../../api/client";
import { useGet } from "../../api/query";
import type { FieldRecord } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, PageHeader, ProblemAlert, StatusTag } from "../../parts";
import { RecordView } from "./FieldRecords";

export default function FieldRecordPage() {
  const { id = "" } = useParams();
  const { t } = useI18n();
  const found = useGet<FieldRecord>(url`/field-records/${id}`);
  return (
    <>
      <PageHeader
        title={<span className="mono">{id.slice(0, 8)}</span>}
        tab={id.slice(0, 8)}
        eyebrow={t("kind.field-record")}
        back={{ to: "/worklist", text: t("nav.worklist") }}
        tags={found.data && <StatusTag status={found.data.status} text={found.data.status_text} />}
      />
      {found.error && <ProblemAlert error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {found.data && (
        <section className="panel" aria-label={t("kind.field-record")}>
          <RecordView record={found.data} whole />
        </section>
      )}
    </>
  );
}
