// One agency agreement: its two sides, what it covers, who signed it, and what may be done about it.
import { FilePdfOutlined } from "@ant-design/icons";
import { Link, useParams } from "react-router";
import { api, fileUrl, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { AgencyAgreement } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, KeyFacts, Loading, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { allows } from "../parts/allows";
import { ReasonButton } from "../parts/ReasonButton";

export default function AgreementPage() {
  const { id = "" } = useParams();
  const { t } = useI18n();
  const path = url`/agency-agreements/${id}`;
  const agreement = useGet<AgencyAgreement>(path);
  const data = agreement.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{id}</span>}
        tab={id}
        eyebrow={t("kind.agency-agreement")}
        back={{ to: "/agreements", text: t("rooms.agency.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
        actions={data && <Actions agreement={data} path={path} />}
      />
      {agreement.error && <ProblemAlert error={agreement.error} retry={() => void agreement.refetch()} />}
      {agreement.isPending && <Loading />}
      {data && <Body agreement={data} />}
    </>
  );
}

function Actions({ agreement, path }: { agreement: AgencyAgreement; path: string }) {
  const { t } = useI18n();
  const ends = (action: "decline" | "revoke", title: string, text?: string) =>
    allows(agreement.actions, `agency.${action}`) && <ReasonButton title={title} text={text} run={(reason) => api.post(`${path}/${action}`, { reason })} />;
  return (
    <>
      <a className="button-link secondary" href={fileUrl(`${path}/agreement.pdf`)} target="_blank" rel="noreferrer">
        <FilePdfOutlined aria-hidden="true" /> PDF
      </a>
      {allows(agreement.actions, "agency.accept") && (
        <ActionButton type="primary" confirm={t("rooms.agency.acceptConfirm")} success={t("rooms.agency.accepted")} run={() => api.post(`${path}/accept`)}>
          {t("rooms.agency.accept")}
        </ActionButton>
      )}
      {ends("decline", t("rooms.agency.decline"))}
      {ends("revoke", t("rooms.agency.revoke"), t("rooms.agency.revokeText"))}
    </>
  );
}

function Body({ agreement }: { agreement: AgencyAgreement }) {
  const { t, tx } = useI18n();
  return (
    <>
      <section className="panel" aria-label={t("rooms.agency.facts")}>
        <KeyFacts
          facts={[
            { label: t("rooms.agency.principal"), value: <strong>{tx(agreement.principal.name)}</strong> },
            { label: t("rooms.agency.agent"), value: <strong>{tx(agreement.agent.name)}</strong> },
            { label: t("rooms.agency.acts"), value: agreement.acts.map((act) => tx(act.text)).join(t("rooms.listComma")) },
            { label: t("rooms.agency.bill"), value: agreement.bill_no ? <span className="mono">{agreement.bill_no}</span> : t("rooms.agency.allBills") },
            { label: t("rooms.agency.valid"), value: `${agreement.valid_from} – ${agreement.valid_to}` },
            agreement.reason ? { label: t("rooms.agency.reason"), value: agreement.reason, wide: true } : null,
          ]}
        />
      </section>
      <section className="panel" aria-labelledby="signatures">
        <h2 id="signatures">{t("rooms.agency.signatures")}</h2>
        <p className="muted">{t("rooms.agency.signaturesText")}</p>
        <ul className="people">
          {agreement.signatures.map((signature) => (
            <li key={signature.act} data-act={signature.act}>
              <strong>{tx(signature.name)}</strong> {tx(signature.organisation.name)} · {tx(signature.act_text)} · <When at={signature.at} />
              {signature.event && (
                <>
                  {" · "}
                  <Link to={url`/events/${signature.event}`}>{t("rooms.agency.event")}</Link>
                </>
              )}
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
