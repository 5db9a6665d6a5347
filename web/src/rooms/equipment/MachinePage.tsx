// One machine: what it told last, its hours, its alarms.
import { Input } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import { useCan } from "../../api/session";
import type { Machine } from "../../api/types";
import { useI18n, type MessageKey } from "../../i18n";
import { KeyFacts, Loading, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";
import { Alarms } from "./Alarms";
import { LastState } from "./Equipment";

const DEGREE = 10_000_000;
/** The last state is no event, so that no change is told: it is asked for. */
const EVERY_MS = 15_000;

export default function MachinePage() {
  const { id = "" } = useParams();
  const { t } = useI18n();
  const can = useCan();
  const path = url`/equipment/${id}`;
  const machine = useGet<Machine>(path, {}, { refetchInterval: EVERY_MS });
  const data = machine.data;
  return (
    <>
      <PageHeader
        title={<span className="mono">{data?.number ?? id}</span>}
        tab={data?.number ?? id}
        eyebrow={data ? t(`rooms.equipment.kind.${data.kind}` as MessageKey) : t("kind.equipment")}
        back={{ to: "/equipment", text: t("rooms.equipment.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} tone={data.status === "in-service" ? "go" : "done"} />}
        actions={data?.status === "in-service" && can("equipment.retire") && <Retire path={path} />}
      />
      {machine.error && <ProblemAlert error={machine.error} retry={() => void machine.refetch()} />}
      {machine.isPending && <Loading />}
      {data && <Body machine={data} />}
    </>
  );
}

function Body({ machine }: { machine: Machine }) {
  const { t, tx, number } = useI18n();
  const last = machine.last;
  const load = last?.load_kg ?? null;
  const place = last?.position && `${(last.position.lat_e7 / DEGREE).toFixed(5)}, ${(last.position.lon_e7 / DEGREE).toFixed(5)}`;
  return (
    <>
      <section className="panel" aria-label={t("rooms.equipment.state")}>
        <KeyFacts
          facts={[
            { label: t("rooms.equipment.name"), value: machine.name },
            { label: t("rooms.equipment.terminal"), value: tx(machine.terminal.name) },
            { label: t("rooms.equipment.state"), value: <LastState machine={machine} /> },
            { label: t("rooms.equipment.load"), value: load === null ? null : number(load) },
            { label: t("rooms.equipment.position"), value: place && <span className="mono">{place}</span> },
            { label: t("rooms.equipment.alarmCodes"), value: last?.alarms.length ? <span className="mono">{last.alarms.join(" ")}</span> : null },
          ]}
        />
      </section>
      <Alarms equipment={machine.id} />
      <section className="panel">
        <h2 id="machine-hours">{t("rooms.equipment.hours")}</h2>
        <p className="muted">{t("rooms.equipment.hoursHint")}</p>
        {machine.hours.length === 0 ? (
          <p>{t("rooms.equipment.noHours")}</p>
        ) : (
          // A wide table is scrolled by keyboard, too.
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          <div className="table-scroll" role="region" aria-labelledby="machine-hours" tabIndex={0}>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t("rooms.equipment.hour")}</th>
                  <th scope="col">{t("rooms.equipment.readings")}</th>
                  <th scope="col">{t("rooms.equipment.working")}</th>
                  <th scope="col">{t("rooms.equipment.idle")}</th>
                  <th scope="col">{t("rooms.equipment.fault")}</th>
                  <th scope="col">{t("rooms.equipment.off")}</th>
                  <th scope="col">{t("rooms.equipment.loadMax")}</th>
                  <th scope="col">{t("rooms.equipment.alarmCodes")}</th>
                </tr>
              </thead>
              <tbody>
                {machine.hours.map((hour) => (
                  <tr key={hour.hour}>
                    <th scope="row">
                      <When at={hour.hour} style="short" />
                    </th>
                    <td>{number(hour.readings)}</td>
                    <td>{hour.working_minutes}</td>
                    <td>{hour.idle_minutes}</td>
                    <td>{hour.fault_minutes}</td>
                    <td>{hour.off_minutes}</td>
                    <td>{hour.load_kg_max === null ? "–" : number(hour.load_kg_max)}</td>
                    <td className="mono">{hour.alarms.join(" ")}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
    </>
  );
}

function Retire({ path }: { path: string }) {
  const { t } = useI18n();
  const [reason, setReason] = useState("");
  return (
    <ReasonAction
      danger
      title={t("rooms.equipment.retire")}
      okText={t("rooms.equipment.retire")}
      success={t("rooms.saved")}
      onOpen={() => setReason("")}
      ready={reason.trim().length > 1}
      run={() => api.post(`${path}/retire`, { reason: reason.trim() })}
      body={
        <Field label={t("rooms.reason")} required>
          <Input.TextArea aria-label={t("rooms.reason")} rows={3} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
      }
    >
      {t("rooms.equipment.retire")}
    </ReasonAction>
  );
}
