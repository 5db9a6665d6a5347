// What the officers of an inspection do with each other's work: confirm it, send it back, take each other's place.
import { Alert, Button, Input } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useAction } from "../../api/query";
import { enter, useSession } from "../../api/session";
import type { Inspection, Session } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, KeyFacts, ProblemAlert, When } from "../../parts";
import { allows } from "../parts/allows";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";

/** What one officer wrote down, for the other to confirm. */
export function Recorded({ inspection, recorded, path }: { inspection: Inspection; recorded: NonNullable<Inspection["recorded"]>; path: string }) {
  const { t, tx, maybe } = useI18n();
  const [reason, setReason] = useState("");
  const { result, by } = recorded;
  const named = (id: string) => {
    const officer = inspection.officers.find((one) => one.id === id);
    return officer ? tx(officer.name) : id;
  };
  return (
    <section className="panel" aria-labelledby="recorded" data-recorded={by.id}>
      <h2 id="recorded">{t("rooms.inspection.toConfirm")}</h2>
      <KeyFacts
        facts={[
          { label: t("rooms.inspection.outcome"), value: result.outcome === "pass" ? t("rooms.inspection.pass") : t("rooms.inspection.fail") },
          { label: t("rooms.inspection.disposition"), value: `${result.disposition} ${tx(result.disposition_text)}` },
          { label: t("rooms.inspection.method"), value: maybe(`rooms.inspection.${result.method}`, result.method) },
          { label: t("rooms.inspection.findings"), value: result.findings, wide: true },
          { label: t("rooms.inspection.writtenBy"), value: tx(by.name) },
          { label: t("rooms.inspection.present"), value: result.officers.map(named).join(t("rooms.listComma")) },
        ]}
      />
      <p className="muted">
        <When at={result.at} />
      </p>
      <div className="row">
        {allows(inspection.actions, "inspection.confirm") && (
          <ActionButton type="primary" confirm={t("rooms.inspection.confirmAsk")} success={t("rooms.inspection.confirmed")} run={() => api.post(`${path}/result/confirm`)}>
            {t("rooms.inspection.confirm")}
          </ActionButton>
        )}
        {allows(inspection.actions, "inspection.return-result") && (
          <ReasonAction
            title={t("rooms.inspection.return")}
            okText={t("rooms.inspection.return")}
            success={t("rooms.saved")}
            onOpen={() => setReason("")}
            ready={reason.trim().length > 1}
            run={() => api.post(`${path}/result/return`, { reason: reason.trim() })}
            body={
              <Field label={t("rooms.reason")} required>
                <Input.TextArea aria-label={t("rooms.reason")} rows={3} value={reason} onChange={(event) => setReason(event.target.value)} />
              </Field>
            }
          >
            {t("rooms.inspection.return")}
          </ReasonAction>
        )}
      </div>
    </section>
  );
}

/** Told to an officer who was not drawn. On a demonstration, one press continues as one of those who were. */
export function NotDrawn({ inspection }: { inspection: Inspection }) {
  const { t, tx } = useI18n();
  const demo = useSession()?.port.demo ?? false;
  const act = useAction<string, Session>(
    (user) => api.post<Session>("/demo/login", { user }),
    (session) => {
      enter(session);
      // The page is the same; whoever looks at it is not. It is read anew as a whole.
      window.location.reload();
    },
  );
  return (
    <Alert
      type="info"
      showIcon
      title={t("rooms.inspection.notYours")}
      description={
        demo && (
          <span className="row">
            {inspection.officers.map((officer) => (
              <Button key={officer.id} size="small" loading={act.isPending} data-act-as={officer.id} onClick={() => act.mutate(officer.id)}>
                {t("rooms.inspection.actAs", { name: tx(officer.name) })}
              </Button>
            ))}
            {act.error && <ProblemAlert error={act.error} />}
          </span>
        )
      }
    />
  );
}

/** Another officer is drawn for one who cannot come. */
export function ReplaceOfficer({ id, name, path }: { id: string; name: string; path: string }) {
  const { t } = useI18n();
  const [reason, setReason] = useState("");
  return (
    <ReasonAction
      title={t("rooms.inspection.replaceTitle", { name })}
      okText={t("rooms.inspection.replace")}
      success={t("rooms.inspection.replaced")}
      onOpen={() => setReason("")}
      ready={reason.trim().length > 1}
      run={() => api.post(`${path}/officers/replace`, { officer: id, reason: reason.trim() })}
      body={
        <>
          <p>{t("rooms.inspection.replaceText")}</p>
          <Field label={t("rooms.reason")} required>
            <Input.TextArea aria-label={t("rooms.reason")} rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
          </Field>
        </>
      }
    >
      {t("rooms.inspection.replace")}
    </ReasonAction>
  );
}
