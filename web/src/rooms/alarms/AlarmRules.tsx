// The library of alarms: what is watched, from when, who keeps it; its keeper changes it here.
import { Input, Switch } from "antd";
import { useState } from "react";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { AlarmLibrary, AlarmRule } from "../../api/types";
import { useI18n, type MessageKey } from "../../i18n";
import { Loading, PageHeader, PrintButton, ProblemAlert, StatusTag, When } from "../../parts";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";
import { limitText, readLimits } from "./limits";

export default function AlarmRules() {
  const { t } = useI18n();
  const library = useGet<AlarmLibrary>("/alarm-rules");
  return (
    <>
      <PageHeader title={t("rooms.alarmRules.title")} back={{ to: "/alarms", text: t("rooms.alarms.title") }} actions={<PrintButton />}>
        {t("rooms.alarmRules.lead")}
      </PageHeader>
      {library.error && <ProblemAlert error={library.error} retry={() => void library.refetch()} />}
      {library.isPending && <Loading />}
      {library.data && <Rules library={library.data} />}
    </>
  );
}

function Rules({ library }: { library: AlarmLibrary }) {
  const { t, tx } = useI18n();
  return (
    <div className="worklist">
      {/* What scrolls must be reachable by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="worklist-scroll" role="region" aria-label={t("rooms.alarmRules.title")} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("rooms.alarms.rule")}</th>
              <th scope="col">{t("rooms.alarmRules.measured")}</th>
              <th scope="col">{t("rooms.alarmRules.limits")}</th>
              <th scope="col">{t("rooms.alarmRules.keeper")}</th>
              <th scope="col">{t("rooms.alarmRules.told")}</th>
              <th scope="col">{t("rooms.alarmRules.source")}</th>
              <th scope="col">{t("worklist.action")}</th>
            </tr>
          </thead>
          <tbody>
            {library.items.map((rule) => (
              <tr key={rule.code} data-rule={rule.code}>
                <th scope="row">
                  {tx(rule.name)} <Standing rule={rule} />
                </th>
                <td data-label={t("rooms.alarmRules.measured")}>
                  {tx(rule.measured)}
                  {rule.why_not && <div className="muted">{tx(rule.why_not)}</div>}
                </td>
                <td data-label={t("rooms.alarmRules.limits")}>
                  <Limits rule={rule} />
                </td>
                <td data-label={t("rooms.alarmRules.keeper")}>{t(`rooms.alarmRules.keeper.${rule.keeper}` as MessageKey)}</td>
                <td data-label={t("rooms.alarmRules.told")}>{tx(rule.told) || "–"}</td>
                <td data-label={t("rooms.alarmRules.source")}>
                  {tx(rule.source)}
                  {rule.changed_at && rule.changed_by && (
                    <div className="muted">
                      {t("rooms.alarmRules.changed")} <When at={rule.changed_at} style="short" /> {tx(rule.changed_by.name)} {rule.note}
                    </div>
                  )}
                </td>
                <td data-label={t("worklist.action")}>{rule.kept ? <Change rule={rule} library={library} /> : "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Standing({ rule }: { rule: AlarmRule }) {
  const { t } = useI18n();
  if (rule.how === "not-measured") return <StatusTag status="not-measured" text={t("rooms.alarmRules.notMeasured")} tone="done" />;
  return <StatusTag status={rule.on ? "on" : "off"} text={t(rule.on ? "rooms.alarmRules.on" : "rooms.alarmRules.off")} tone={rule.on ? "go" : "wait"} />;
}

function Limits({ rule }: { rule: AlarmRule }) {
  const { t } = useI18n();
  if (rule.how === "own-watch") return <span className="muted">{t("rooms.alarmRules.ownWatch")}</span>;
  const said = (hours: readonly number[]) => hours.map((value) => limitText(value, t)).join(" / ");
  const changed = rule.hours.join() !== rule.default_hours.join();
  return (
    <>
      {said(rule.hours)}
      {changed && <div className="muted">{t("rooms.alarmRules.default", { limits: said(rule.default_hours) })}</div>}
    </>
  );
}

function Change({ rule, library }: { rule: AlarmRule; library: AlarmLibrary }) {
  const { t, tx } = useI18n();
  const [on, setOn] = useState(rule.on);
  const [hours, setHours] = useState("");
  const [note, setNote] = useState("");
  const read = readLimits(hours, library.limits_max, library.limit_hours_max);
  const bounds = { n: library.limits_max, max: library.limit_hours_max };
  return (
    <ReasonAction
      title={t("rooms.alarmRules.changeTitle", { name: tx(rule.name) })}
      okText={t("rooms.alarmRules.change")}
      success={t("rooms.saved")}
      onOpen={() => {
        setOn(rule.on);
        setHours(rule.hours.join(" "));
        setNote("");
      }}
      ready={read !== null && note.trim().length > 1}
      run={() => api.post(url`/alarm-rules/${rule.code}`, { on, hours: read, note: note.trim(), version: rule.version })}
      body={
        <>
          <p className="muted">{tx(rule.measured)}</p>
          <Field label={t("rooms.alarmRules.watch")}>
            <Switch aria-label={t("rooms.alarmRules.watch")} checked={on} onChange={setOn} />
          </Field>
          <Field
            label={t("rooms.alarmRules.hours")}
            required
            hint={t("rooms.alarmRules.hoursHint", bounds)}
            fault={read === null && hours.trim() !== "" ? t("rooms.alarmRules.hoursBad", bounds) : null}
          >
            <Input aria-label={t("rooms.alarmRules.hours")} inputMode="numeric" maxLength={40} value={hours} onChange={(event) => setHours(event.target.value)} />
          </Field>
          <Field label={t("rooms.alarmRules.why")} required>
            <Input.TextArea aria-label={t("rooms.alarmRules.why")} rows={3} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
          </Field>
        </>
      }
    >
      {t("rooms.alarmRules.change")}
    </ReasonAction>
  );
}
