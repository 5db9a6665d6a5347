// One of the own instructions: what became of it, and why it was placed.
import { Input } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { Instruction } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, CopyText, KeyFacts, Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { allows } from "../parts/allows";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";

export default function InstructionPage() {
  const { id = "" } = useParams();
  const { t } = useI18n();
  const path = url`/instructions/${id}`;
  const found = useGet<Instruction>(path);
  const data = found.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{id}</span>}
        tab={id}
        eyebrow={t("kind.instruction")}
        back={{ to: "/instructions", text: t("rooms.instruction.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
        actions={data && <Actions of={data} path={path} />}
      />
      {found.error && <ProblemAlert error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {data && <Body of={data} />}
    </>
  );
}

function Actions({ of, path }: { of: Instruction; path: string }) {
  const { t } = useI18n();
  const [reason, setReason] = useState("");
  return (
    <>
      {allows(of.actions, "instruction.split") && (
        <ActionButton confirm={t("rooms.instruction.splitAsk")} success={t("rooms.saved")} run={() => api.post(`${path}/split`)}>
          {t("rooms.instruction.split")}
        </ActionButton>
      )}
      {(["withdraw", "lift"] as const)
        .filter((act) => allows(of.actions, `instruction.${act}`))
        .map((act) => (
          <ReasonAction
            key={act}
            danger
            title={t(`rooms.instruction.${act}`)}
            okText={t(`rooms.instruction.${act}`)}
            success={t(act === "lift" ? "rooms.instruction.lifted" : "rooms.instruction.withdrawn")}
            onOpen={() => setReason("")}
            ready={reason.trim().length > 1}
            run={() => api.post(`${path}/${act}`, { reason: reason.trim() })}
            body={
              <Field label={t("rooms.reason")} required hint={t("rooms.instruction.reasonHint")}>
                <Input.TextArea aria-label={t("rooms.reason")} rows={3} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
              </Field>
            }
          >
            {t(`rooms.instruction.${act}`)}
          </ReasonAction>
        ))}
    </>
  );
}

function Body({ of }: { of: Instruction }) {
  const { t, tx } = useI18n();
  const subject = of.subject.id ? (
    <ObjectLink type={of.subject.kind} id={of.subject.id}>
      {of.subject.name}
    </ObjectLink>
  ) : (
    <span className="mono">{of.subject.name}</span>
  );
  return (
    <section className="panel" aria-label={t("kind.instruction")}>
      <KeyFacts
        facts={[
          { label: t(`rooms.instruction.${of.subject.kind}`), value: subject },
          { label: t("rooms.instruction.order"), value: of.order && <ObjectLink type="joint-order" id={of.order} /> },
          { label: t("rooms.instruction.task"), value: tx(of.task_text) },
          {
            label: t("rooms.instruction.window"),
            value: (
              <>
                <When at={of.window.start} style="short" /> – <When at={of.window.end} style="short" />
              </>
            ),
          },
          { label: t("rooms.instruction.placedAt"), value: <When at={of.placed_at} /> },
          of.hold ? { label: t("rooms.joint.holds"), value: t("rooms.instruction.hold") } : null,
          of.on_arrival ? { label: t("rooms.joint.onArrival"), value: t("rooms.instruction.onArrival") } : null,
          of.inspection ? { label: t("rooms.instruction.drawn"), value: <ObjectLink type="inspection" id={of.inspection} /> } : null,
          of.disposition ? { label: t("rooms.instruction.answered"), value: `${of.disposition} ${tx(of.disposition_text)}` } : null,
          of.during_inspection ? { label: t("worklist.status"), value: t("rooms.instruction.during") } : null,
          of.reason ? { label: t("rooms.instruction.sealed"), value: of.reason, wide: true } : null,
          of.withdrawn_reason ? { label: t("rooms.instruction.withdrawnReason"), value: of.withdrawn_reason, wide: true } : null,
          of.bars ? { label: t("rooms.joint.holds"), value: t("rooms.instruction.bars") } : null,
          of.lifted_at ? { label: t("rooms.instruction.lifted"), value: <When at={of.lifted_at} /> } : null,
          of.lifted_reason ? { label: t("rooms.instruction.liftedReason"), value: of.lifted_reason, wide: true } : null,
          of.seal ? { label: t("rooms.instruction.seal"), value: <CopyText text={of.seal} shown={`${of.seal.slice(0, 16)}…`} />, wide: true } : null,
        ]}
      />
    </section>
  );
}
