// The roll-out tracker (推广进度): what is stated beside what is really used.
import { Input, Select } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useGet } from "../../api/query";
import { useCan } from "../../api/session";
import type { RollOutCell, RollOutTerminal, RollOutTracker } from "../../api/types";
import { useI18n, type MessageKey } from "../../i18n";
import { Loading, PageHeader, ProblemAlert, StatusTag } from "../../parts";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { ReasonAction } from "../parts/ReasonAction";

const STAGES = ["planned", "trial", "live"] as const;

export default function RollOut() {
  const { t, tx } = useI18n();
  const tracker = useGet<RollOutTracker>("/roll-out");
  return (
    <>
      <PageHeader title={t("rooms.rollout.title")}>{t("rooms.rollout.lead")}</PageHeader>
      {tracker.error && <ProblemAlert error={tracker.error} retry={() => void tracker.refetch()} />}
      {tracker.isPending && <Loading />}
      {tracker.data && <p className="muted">{tx(tracker.data.definition)}</p>}
      {tracker.data?.items.length === 0 && <p>{t("rooms.rollout.noTerminals")}</p>}
      {tracker.data?.items.map((one) => <Terminal key={one.terminal.id} one={one} onStated={() => void tracker.refetch()} />)}
    </>
  );
}

function Terminal({ one, onStated }: { one: RollOutTerminal; onStated: () => void }) {
  const { t, tx, number } = useI18n();
  const can = useCan();
  const heading = `rollout-${one.terminal.id}`;
  return (
    <section className="panel" data-terminal={one.terminal.id}>
      <h2 id={heading}>{tx(one.terminal.name)}</h2>
      {/* A wide table is scrolled by keyboard, too. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="table-scroll" role="region" aria-labelledby={heading} tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("rooms.rollout.module")}</th>
              <th scope="col">{t("rooms.rollout.claim")}</th>
              <th scope="col">{t("rooms.rollout.use")}</th>
              <th scope="col">{t("rooms.rollout.counted")}</th>
              <th scope="col">{t("rooms.rollout.owner")}</th>
              {can("roll-out.claim") && <th scope="col">{t("worklist.action")}</th>}
            </tr>
          </thead>
          <tbody>
            {one.modules.map((cell) => (
              <tr key={cell.module} data-module={cell.module}>
                <th scope="row">{tx(cell.name)}</th>
                <td>
                  {cell.claim ? (
                    <>
                      <StatusTag status={cell.claim.status} text={t(`rooms.rollout.${cell.claim.status}`)} tone={cell.claim.status === "live" ? "done" : cell.claim.status === "trial" ? "go" : "wait"} /> {cell.claim.since}
                    </>
                  ) : (
                    <span className="none">{t("rooms.rollout.none")}</span>
                  )}
                  {cell.doubt && <p className="damage">{t(`rooms.rollout.doubt.${cell.doubt}` as MessageKey)}</p>}
                </td>
                <td>{cell.of === null ? number(cell.used) : `${number(cell.used)} / ${number(cell.of)}`}</td>
                <td className="muted">{tx(cell.counted)}</td>
                <td>
                  {cell.claim?.owner ?? "–"}
                  {cell.claim?.note && <p className="muted">{cell.claim.note}</p>}
                </td>
                {can("roll-out.claim") && (
                  <td>
                    <State one={one} cell={cell} onStated={onStated} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function State({ one, cell, onStated }: { one: RollOutTerminal; cell: RollOutCell; onStated: () => void }) {
  const { t, tx } = useI18n();
  const clock = usePortClock();
  const known = () => ({
    status: (cell.claim?.status ?? "planned") as string,
    since: cell.claim?.since ?? clock.today(),
    owner: cell.claim?.owner ?? "",
    note: cell.claim?.note ?? "",
  });
  const [form, setForm] = useState(known);
  const set = (change: Partial<ReturnType<typeof known>>) => setForm((before) => ({ ...before, ...change }));
  return (
    <ReasonAction
      title={t("rooms.rollout.stateTitle", { terminal: tx(one.terminal.name), module: tx(cell.name) })}
      okText={t("rooms.rollout.state")}
      success={t("rooms.saved")}
      onOpen={() => setForm(known())}
      onDone={onStated}
      ready={form.owner.trim() !== "" && form.since !== ""}
      run={() => api.post("/roll-out", { terminal: one.terminal.id, module: cell.module, status: form.status, since: form.since, owner: form.owner.trim(), note: form.note.trim() })}
      body={
        <>
          <Field label={t("rooms.rollout.status")} required>
            <Select aria-label={t("rooms.rollout.status")} value={form.status} onChange={(status: string) => set({ status })} options={STAGES.map((stage) => ({ value: stage, label: t(`rooms.rollout.${stage}`) }))} />
          </Field>
          <Field label={t("rooms.rollout.since")} required>
            <Input type="date" aria-label={t("rooms.rollout.since")} value={form.since} onChange={(event) => set({ since: event.target.value })} />
          </Field>
          <Field label={t("rooms.rollout.owner")} required>
            <Input aria-label={t("rooms.rollout.owner")} maxLength={64} value={form.owner} onChange={(event) => set({ owner: event.target.value })} />
          </Field>
          <Field label={t("rooms.rollout.note")}>
            <Input.TextArea aria-label={t("rooms.rollout.note")} rows={2} maxLength={500} value={form.note} onChange={(event) => set({ note: event.target.value })} />
          </Field>
        </>
      }
    >
      {t("rooms.rollout.state")}
    </ReasonAction>
  );
}
