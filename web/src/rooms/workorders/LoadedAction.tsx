// The terminal reports boxes loaded onto the ship, by hand; usually it does so by COARRI.
import { App, Input } from "antd";
import { useState } from "react";
import { api, url } from "../../api/client";
import type { BatchResult } from "../../api/types";
import { useI18n } from "../../i18n";
import { FindingList } from "../../parts";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { ReasonAction } from "../parts/ReasonAction";
import { numbers } from "./numbers";

export function LoadedAction({ call }: { call: string }) {
  const { t } = useI18n();
  const clock = usePortClock();
  const { modal, message } = App.useApp();
  const [boxes, setBoxes] = useState("");
  const [at, setAt] = useState("");
  const instant = clock.toInstant(at);
  const title = t("rooms.loading.order.report");
  return (
    <ReasonAction<BatchResult>
      type="primary"
      title={title}
      okText={title}
      onOpen={() => {
        setBoxes("");
        setAt(clock.toLocal(new Date()));
      }}
      ready={instant !== null && numbers(boxes).length > 0}
      run={() => api.post<BatchResult>(url`/loading-orders/${call}/loaded`, { boxes: numbers(boxes).map((container) => ({ container, at: instant })) })}
      onDone={(done) => {
        const told = t("rooms.loading.order.reported", { n: done.accepted });
        if (done.findings.length === 0) void message.success(told);
        else modal.warning({ title: told, content: <FindingList findings={done.findings} />, width: 640, okText: t("action.close") });
      }}
      body={
        <>
          <Field label={t("rooms.loading.order.reportBoxes")} hint={t("rooms.loading.order.reportHint")} required>
            <Input.TextArea aria-label={t("rooms.loading.order.reportBoxes")} rows={3} value={boxes} onChange={(event) => setBoxes(event.target.value)} />
          </Field>
          <Field label={t("rooms.loading.order.reportAt")} required>
            <Input type="datetime-local" aria-label={t("rooms.loading.order.reportAt")} value={at} onChange={(event) => setAt(event.target.value)} />
          </Field>
        </>
      }
    >
      {title}
    </ReasonAction>
  );
}
