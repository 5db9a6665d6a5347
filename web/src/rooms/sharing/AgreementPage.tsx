// One sharing agreement: what is agreed, who signed, what may be done, and what was delivered under it.
import { useParams } from "react-router";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { DataResource, SharingAgreement } from "../../api/types";
import { useI18n, type MessageKey } from "../../i18n";
import { ActionButton, KeyFacts, Loading, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { allows } from "../parts/allows";
import { ReasonButton } from "../parts/ReasonButton";
import { Log } from "./Log";
import { Take } from "./Take";

export default function AgreementPage() {
  const { id = "" } = useParams();
  const { t } = useI18n();
  const path = url`/sharing-agreements/${id}`;
  const agreement = useGet<SharingAgreement>(path);
  const data = agreement.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{id}</span>}
        tab={id}
        eyebrow={t("kind.sharing-agreement")}
        back={{ to: "/sharing-agreements", text: t("rooms.sharing.agreements") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
        actions={data && <Actions agreement={data} path={path} />}
      />
      {agreement.error && <ProblemAlert error={agreement.error} retry={() => void agreement.refetch()} />}
      {agreement.isPending && <Loading />}
      {data && <Body agreement={data} path={path} />}
    </>
  );
}

function Actions({ agreement, path }: { agreement: SharingAgreement; path: string }) {
  const { t } = useI18n();
  const withReason = (action: "refuse" | "suspend" | "end", text?: string) =>
    allows(agreement.actions, `sharing-agreement.${action}`) && (
      <ReasonButton title={t(`rooms.sharing.${action}`)} text={text} run={(reason) => api.post(`${path}/${action}`, { reason })} />
    );
  return (
    <>
      {allows(agreement.actions, "sharing-agreement.approve") && (
        <ActionButton type="primary" confirm={t("rooms.sharing.approveConfirm")} success={t("rooms.sharing.approved")} run={() => api.post(`${path}/approve`)}>
          {t("rooms.sharing.approve")}
        </ActionButton>
      )}
      {allows(agreement.actions, "sharing-agreement.resume") && (
        <ActionButton type="primary" success={t("rooms.sharing.resumed")} run={() => api.post(`${path}/resume`)}>
          {t("rooms.sharing.resume")}
        </ActionButton>
      )}
      {withReason("refuse")}
      {withReason("suspend", t("rooms.sharing.suspendText"))}
      {withReason("end", t("rooms.sharing.endText"))}
    </>
  );
}

function Body({ agreement, path }: { agreement: SharingAgreement; path: string }) {
  const { t, tx, number } = useI18n();
  const resource = useGet<DataResource>(url`/data-resources/${agreement.resource}`);
  const titles = new Map((resource.data?.fields ?? []).map((field) => [field.name, tx(field.title)]));
  const fields = agreement.fields.map((one) => `${titles.get(one.field) ?? one.field}${one.masked ? t("rooms.sharing.maskedMark") : ""}`).join(t("rooms.listComma"));
  const file = agreement.file && t("rooms.sharing.fileEvery", { format: t(`rooms.sharing.form.${agreement.file.format}`), n: agreement.file.every_hours });
  return (
    <>
      <section className="panel" aria-labelledby="sharing-terms">
        <h2 id="sharing-terms">{t("rooms.sharing.terms")}</h2>
        <KeyFacts
          facts={[
            { label: t("rooms.sharing.resource"), value: <strong>{tx(agreement.resource_name)}</strong> },
            { label: t("rooms.sharing.provider"), value: tx(agreement.provider.name) },
            { label: t("rooms.sharing.consumer"), value: tx(agreement.consumer.name) },
            { label: t("rooms.sharing.office"), value: tx(agreement.office.name) },
            { label: t("rooms.sharing.valid"), value: `${agreement.valid_from} – ${agreement.valid_to}` },
            { label: t("rooms.sharing.dataPeriod"), value: `${agreement.data_from} – ${agreement.valid_to}` },
            { label: t("rooms.sharing.file"), value: file ?? t("rooms.sharing.fileNone") },
            agreement.file ? { label: t("rooms.sharing.files"), value: number(agreement.files) } : null,
            agreement.next_file_at ? { label: t("rooms.sharing.nextFile"), value: <When at={agreement.next_file_at} /> } : null,
            agreement.file_fault
              ? {
                  label: t("rooms.sharing.fileFault"),
                  value: (
                    <>
                      <When at={agreement.file_fault.at} /> · {tx(agreement.file_fault.text)} <span className="mono">{agreement.file_fault.code}</span>
                      {agreement.next_file_at && <> · {t("rooms.sharing.fileAgain")}</>}
                    </>
                  ),
                  wide: true,
                }
              : null,
            { label: t("rooms.sharing.fields"), value: fields, wide: true },
            { label: t("rooms.sharing.purpose"), value: agreement.purpose, wide: true },
          ]}
        />
      </section>
      <section className="panel" aria-labelledby="sharing-signatures">
        <h2 id="sharing-signatures">{t("rooms.sharing.signatures")}</h2>
        <ul className="people">
          {agreement.signatures.map((signature) => (
            <li key={signature.act} data-act={signature.act}>
              <strong>{tx(signature.name)}</strong> {tx(signature.organisation.name)} · {t(`rooms.sharing.act.${signature.act}` as MessageKey)} · <When at={signature.at} />
              {signature.reason && <> · {signature.reason}</>}
            </li>
          ))}
        </ul>
      </section>
      {allows(agreement.actions, "data-delivery.take") && <Take agreement={agreement} path={path} titles={titles} />}
      <h2 className="section-title">{t("rooms.sharing.log")}</h2>
      <Log agreement={agreement.id} />
    </>
  );
}
