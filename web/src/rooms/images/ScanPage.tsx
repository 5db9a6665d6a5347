// One image: looked at, and given to a task or set aside when it fits nothing.
import { Input } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { Scan } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { allows } from "../parts/allows";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";
import { ScanFacts } from "./ScanFacts";
import { Viewer } from "./Viewer";

export default function ScanPage() {
  const { id = "" } = useParams();
  const { t, tx } = useI18n();
  const path = url`/scans/${id}`;
  const scan = useGet<Scan>(path);
  const data = scan.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{data?.container ?? id}</span>}
        tab={id}
        eyebrow={t("kind.scan")}
        back={{ to: "/scans", text: t("rooms.images.scans") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} tone={data.status === "unmatched" ? "stop" : undefined} />}
      />
      {scan.error && <ProblemAlert error={scan.error} retry={() => void scan.refetch()} />}
      {scan.isPending && <Loading />}
      {data && (
        <>
          <Viewer scan={data} marks={[]} earlier={[]} />
            <section className="panel" aria-label={t("rooms.images.facts")}>
              {data.task && (
                <p>
                  {t("rooms.images.belongs")} <ObjectLink type="image-task" id={data.task} />
                </p>
              )}
              {data.set_aside && (
                <p>
                  {data.set_aside.reason} · {tx(data.set_aside.by.name)} · <When at={data.set_aside.at} style="short" />
                </p>
              )}
              <ScanFacts scan={data} />
              <Settle scan={data} path={path} />
            </section>
        </>
      )}
    </>
  );
}

function Settle({ scan, path }: { scan: Scan; path: string }) {
  const { t } = useI18n();
  const [task, setTask] = useState("");
  const [reason, setReason] = useState("");
  return (
    <div className="row form-end">
      {allows(scan.actions, "scan.match") && (
        <ReasonAction
          type="primary"
          title={t("rooms.images.match")}
          okText={t("rooms.images.match")}
          success={t("rooms.images.matched")}
          ready={task.trim().length > 0}
          run={() => api.post(`${path}/match`, { task: task.trim() })}
          body={
            <Field label={t("rooms.images.taskNumber")} required hint={t("rooms.images.taskHint")}>
              <Input aria-label={t("rooms.images.taskNumber")} value={task} onChange={(event) => setTask(event.target.value)} />
            </Field>
          }
        >
          {t("rooms.images.match")}
        </ReasonAction>
      )}
      {allows(scan.actions, "scan.set-aside") && (
        <ReasonAction
          title={t("rooms.images.setAside")}
          okText={t("rooms.images.setAside")}
          success={t("rooms.images.wasSetAside")}
          ready={reason.trim().length > 1}
          run={() => api.post(`${path}/set-aside`, { reason: reason.trim() })}
          body={
            <Field label={t("rooms.reason")} required>
              <Input.TextArea aria-label={t("rooms.reason")} rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
            </Field>
          }
        >
          {t("rooms.images.setAside")}
        </ReasonAction>
      )}
    </div>
  );
}
