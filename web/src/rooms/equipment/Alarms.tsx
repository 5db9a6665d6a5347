// Alarms of machines that wait for the terminal.
import { Input } from "antd";
import { useState } from "react";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import { useCan } from "../../api/session";
import type { MachineAlarm, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, ObjectLink, ProblemAlert, When } from "../../parts";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";

/** Of one machine, or of all that may be seen. */
export function Alarms({ equipment }: { equipment?: string }) {
  const { t, number } = useI18n();
  const can = useCan();
  const alarms = useGet<Page<MachineAlarm>>("/equipment-alarms", equipment ? { q: equipment } : {});
  const rows = alarms.data?.items.filter((row) => !equipment || row.equipment === equipment);
  return (
    <section className="panel">
      <h2 id="equipment-alarms">{t("rooms.equipment.alarms")}</h2>
      {alarms.error && <ProblemAlert error={alarms.error} retry={() => void alarms.refetch()} />}
      {alarms.isPending && <Loading />}
      {rows?.length === 0 && <p>{t("rooms.equipment.alarmsNone")}</p>}
      {rows && rows.length > 0 && (
        // A wide table is scrolled by keyboard, too.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="table-scroll" role="region" aria-labelledby="equipment-alarms" tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("rooms.equipment.code")}</th>
                <th scope="col">{t("rooms.equipment.title")}</th>
                <th scope="col">{t("rooms.equipment.raised")}</th>
                <th scope="col">{t("rooms.equipment.times")}</th>
                {can("equipment-alarm.close") && <th scope="col">{t("worklist.action")}</th>}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id} data-alarm={row.id}>
                  <th scope="row" className="mono">
                    {row.code}
                  </th>
                  <td>
                    <ObjectLink type="equipment" id={row.equipment} />
                  </td>
                  <td>
                    <When at={row.raised_at} style="short" />
                  </td>
                  <td>{number(row.times)}</td>
                  {can("equipment-alarm.close") && (
                    <td>
                      <Deal row={row} />
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Deal({ row }: { row: MachineAlarm }) {
  const { t } = useI18n();
  const [note, setNote] = useState("");
  return (
    <ReasonAction
      title={t("rooms.equipment.dealTitle", { code: row.code, equipment: row.equipment })}
      okText={t("rooms.equipment.deal")}
      success={t("rooms.saved")}
      onOpen={() => setNote("")}
      ready={note.trim().length > 1}
      run={() => api.post(url`/equipment-alarms/${row.id}/close`, { note: note.trim() })}
      body={
        <Field label={t("rooms.equipment.dealNote")} required>
          <Input.TextArea aria-label={t("rooms.equipment.dealNote")} rows={3} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
        </Field>
      }
    >
      {t("rooms.equipment.deal")}
    </ReasonAction>
  );
}
