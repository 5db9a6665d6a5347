// The machine part of an inspection (机检): ordered, scanned box by box, or given up for opening.
import { Input } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import type { Inspection } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, ObjectLink, When } from "../../parts";
import { allows } from "../parts/allows";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";

export function Machine({ inspection, path }: { inspection: Inspection; path: string }) {
  const { t } = useI18n();
  const [reason, setReason] = useState("");
  const machine = inspection.machine;
  const mayOrder = allows(inspection.actions, "inspection.order-machine");
  if (!machine && !mayOrder) return null;
  const scanned = new Map(machine?.scanned.map((row) => [row.container, row.at]));
  const tasks = new Map(machine?.tasks.map((row) => [row.container, row.task]));
  return (
    <section className="panel" aria-labelledby="machine">
      <h2 id="machine">{t("rooms.machine.title")}</h2>
      {machine && (
        <>
          <p className="muted">{t(machine.under_way ? "rooms.machine.underWay" : "rooms.machine.over")}</p>
          <ul className="box-list">
            {inspection.containers.map((number) => {
              const at = scanned.get(number);
              const task = tasks.get(number);
              return (
                <li key={number}>
                  {task ? (
                    <ObjectLink type="image-task" id={task}>
                      {number}
                    </ObjectLink>
                  ) : (
                    <span className="mono">{number}</span>
                  )}
                  {at ? (
                    <span className="told-good">
                      {t("rooms.machine.scanned")} <When at={at} style="short" />
                    </span>
                  ) : (
                    <span className="muted">{t("rooms.machine.notScanned")}</span>
                  )}
                </li>
              );
            })}
          </ul>
        </>
      )}
      <div className="row form-end">
        {mayOrder && (
          <ReasonAction
            title={t("rooms.machine.order")}
            okText={t("rooms.machine.order")}
            success={t("rooms.machine.ordered")}
            ready={reason.trim().length > 1}
            run={() => api.post(`${path}/machine`, { reason: reason.trim() })}
            body={
              <>
                <p>{t("rooms.machine.orderText")}</p>
                <Field label={t("rooms.reason")} required>
                  <Input.TextArea aria-label={t("rooms.reason")} rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
                </Field>
              </>
            }
          >
            {t("rooms.machine.order")}
          </ReasonAction>
        )}
        {allows(inspection.actions, "inspection.order-opening") && (
          <ActionButton confirm={t("rooms.machine.openingAsk")} success={t("rooms.machine.opened")} run={() => api.post(`${path}/opening`, {})}>
            {t("rooms.machine.opening")}
          </ActionButton>
        )}
      </div>
    </section>
  );
}
