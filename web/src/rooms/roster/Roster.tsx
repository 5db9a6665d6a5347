// The roster of a day (排班): shifts by site, absences, and the officers with their overtime.
import { DownloadOutlined, LeftOutlined, PlusOutlined, RightOutlined } from "@ant-design/icons";
import { Alert, App, Button, Input, Select } from "antd";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { api, fileUrl, url } from "../../api/client";
import { useAction, useGet } from "../../api/query";
import type { Roster as View, RosterCopied, Shift } from "../../api/types";
import { useI18n, type MessageKey } from "../../i18n";
import { Loading, PageHeader, PrintButton, ProblemAlert, StatusTag, When } from "../../parts";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { ReasonAction } from "../parts/ReasonAction";

const ABSENCES = ["leave", "training", "other-duty"] as const;
export default function Roster() {
  const { t, tx } = useI18n();
  const [search, setSearch] = useSearchParams();
  const asked = search.get("day") ?? "";
  const roster = useGet<View>("/roster", { day: asked });
  const clock = usePortClock();
  const data = roster.data;
  const go = (day: string) => setSearch(day ? { day } : {}, { replace: true });
  return (
    <>
      <PageHeader
        title={t("rooms.roster.title")}
        tags={data && <StatusTag status={data.status} text={data.status_text} tone={data.status === "published" ? "go" : data.status === "draft" ? "wait" : "calm"} />}
        actions={
          <>
            {data && (
              <a className="button-link secondary" href={fileUrl(url`/roster/${data.day}/roster.csv`)} download={`roster-${data.day}.csv`}>
                <DownloadOutlined aria-hidden="true" /> {t("rooms.alarms.export")}
              </a>
            )}
            <PrintButton />
            <Link className="button-link secondary" to="/workload">
              {t("rooms.roster.workload")}
            </Link>
          </>
        }
      >
        {t("rooms.roster.lead")}
      </PageHeader>
      {roster.error && <ProblemAlert error={roster.error} retry={() => void roster.refetch()} />}
      {roster.isPending && <Loading />}
      {data && (
        <div className="stack">
          <section className="panel" aria-label={t("rooms.roster.day")}>
            <div className="row">
              <Button icon={<LeftOutlined aria-hidden="true" />} aria-label={t("rooms.roster.before")} onClick={() => go(clock.shift(data.day, -1))} />
              <Input type="date" className="worklist-text" aria-label={t("rooms.roster.day")} value={data.day} onChange={(event) => go(event.target.value)} />
              <Button icon={<RightOutlined aria-hidden="true" />} aria-label={t("rooms.roster.after")} onClick={() => go(clock.shift(data.day, 1))} />
              <strong>{tx(data.calendar.text)}</strong>
              {data.published_at && (
                <span className="muted">
                  {t("rooms.roster.published")} <When at={data.published_at} style="short" />
                </span>
              )}
            </div>
            {!data.calendar.known && <Alert type="info" showIcon title={t("rooms.roster.unknownYear")} />}
            {data.open && <Acts roster={data} officer={search.get("officer") ?? ""} />}
          </section>
          <Shifts roster={data} />
          <Absent roster={data} />
          <Officers roster={data} />
          <p className="muted">{t("rooms.roster.calendar", { source: tx(data.calendar_source) })}</p>
        </div>
      )}
    </>
  );
}

function nameOf(roster: View, officer: string) {
  return roster.officers.find((one) => one.id === officer)?.name ?? { zh: officer, en: officer };
}

function Acts({ roster, officer }: { roster: View; officer: string }) {
  const { t } = useI18n();
  const { message } = App.useApp();
  const clock = usePortClock();
  const [from, setFrom] = useState("");
  return (
    <p className="row">
      <Assign roster={roster} officer={officer} />
      <NoteAbsence roster={roster} />
      <ReasonAction<RosterCopied>
        title={t("rooms.roster.copy")}
        okText={t("rooms.roster.copy")}
        onOpen={() => setFrom(clock.shift(roster.day, -7))}
        onDone={(done) => void message.success(t("rooms.roster.copied", { given: done.given, left: done.left_out }))}
        ready={/^\d{4}-\d{2}-\d{2}$/.test(from)}
        run={() => api.post<RosterCopied>(url`/roster/${roster.day}/copy`, { from })}
        body={
          <Field label={t("rooms.roster.copyFrom")} required>
            <Input type="date" aria-label={t("rooms.roster.copyFrom")} value={from} onChange={(event) => setFrom(event.target.value)} />
          </Field>
        }
      >
        {t("rooms.roster.copy")}
      </ReasonAction>
      {roster.status === "draft" && (
        <ReasonAction
          type="primary"
          title={t("rooms.roster.publishTitle", { day: roster.day })}
          okText={t("rooms.roster.publish")}
          success={t("rooms.saved")}
          run={() => api.post(url`/roster/${roster.day}/changes`, { change: "publish" })}
          body={<p>{t("rooms.roster.publishText")}</p>}
        >
          {t("rooms.roster.publish")}
        </ReasonAction>
      )}
    </p>
  );
}

function Assign({ roster, officer }: { roster: View; officer: string }) {
  const { t, tx } = useI18n();
  const clock = usePortClock();
  const blank = { officer, site: roster.sites[0] ?? "", from: "08:00", to: "16:00", competence: "" };
  const [form, setForm] = useState(blank);
  const set = (change: Partial<typeof blank>) => setForm((before) => ({ ...before, ...change }));
  const absent = new Set(roster.absent.map((one) => one.officer));
  const competences = [...new Set(roster.officers.flatMap((one) => one.competences))].sort();
  const instant = (time: string, day: string) => clock.toInstant(`${day}T${time}`) ?? "";
  const end = form.to > form.from ? roster.day : clock.shift(roster.day, 1);
  return (
    <ReasonAction
      type="primary"
      icon={<PlusOutlined aria-hidden="true" />}
      title={t("rooms.roster.assign")}
      okText={t("rooms.roster.assign")}
      success={t("rooms.saved")}
      onOpen={() => setForm(blank)}
      ready={form.officer !== "" && form.from !== "" && form.to !== ""}
      run={() =>
        api.post(url`/roster/${roster.day}/shifts`, {
          officer: form.officer,
          site: form.site,
          from: instant(form.from, roster.day),
          to: instant(form.to, end),
          competence: form.competence || null,
        })
      }
      body={
        <>
          <Field label={t("rooms.roster.officer")} required>
            <Select
              aria-label={t("rooms.roster.officer")}
              showSearch={{ optionFilterProp: "label" }}
              value={form.officer || undefined}
              onChange={(value: string) => set({ officer: value })}
              options={roster.officers.filter((one) => !absent.has(one.id)).map((one) => ({ value: one.id, label: `${tx(one.name)} ${one.id}` }))}
            />
          </Field>
          <Field label={t("rooms.roster.site")} required>
            <Select aria-label={t("rooms.roster.site")} value={form.site} onChange={(value: string) => set({ site: value })} options={roster.sites.map((site) => ({ value: site, label: site }))} />
          </Field>
          <Field label={t("rooms.roster.from")} required>
            <Input type="time" aria-label={t("rooms.roster.from")} value={form.from} onChange={(event) => set({ from: event.target.value })} />
          </Field>
          <Field label={t("rooms.roster.to")} required hint={t("rooms.roster.timeHint")}>
            <Input type="time" aria-label={t("rooms.roster.to")} value={form.to} onChange={(event) => set({ to: event.target.value })} />
          </Field>
          <Field label={t("rooms.roster.competence")}>
            <Select
              aria-label={t("rooms.roster.competence")}
              allowClear
              value={form.competence || undefined}
              onChange={(value?: string) => set({ competence: value ?? "" })}
              options={competences.map((one) => ({ value: one, label: one }))}
            />
          </Field>
        </>
      }
    >
      {t("rooms.roster.assign")}
    </ReasonAction>
  );
}

function NoteAbsence({ roster }: { roster: View }) {
  const { t, tx } = useI18n();
  const [officer, setOfficer] = useState("");
  const [absence, setAbsence] = useState<string>("leave");
  const absent = new Set(roster.absent.map((one) => one.officer));
  return (
    <ReasonAction
      title={t("rooms.roster.noteAbsence")}
      okText={t("rooms.roster.noteAbsence")}
      success={t("rooms.saved")}
      onOpen={() => setOfficer("")}
      ready={officer !== ""}
      run={() => api.post(url`/roster/${roster.day}/changes`, { change: "absent", officer, absence })}
      body={
        <>
          <Field label={t("rooms.roster.officer")} required>
            <Select
              aria-label={t("rooms.roster.officer")}
              showSearch={{ optionFilterProp: "label" }}
              value={officer || undefined}
              onChange={(value: string) => setOfficer(value)}
              options={roster.officers.filter((one) => !absent.has(one.id)).map((one) => ({ value: one.id, label: `${tx(one.name)} ${one.id}` }))}
            />
          </Field>
          <Field label={t("rooms.roster.absence")} required hint={t("rooms.roster.absenceHint")}>
            <Select
              aria-label={t("rooms.roster.absence")}
              value={absence}
              onChange={(value: string) => setAbsence(value)}
              options={ABSENCES.map((one) => ({ value: one, label: t(`rooms.roster.absence.${one}`) }))}
            />
          </Field>
        </>
      }
    >
      {t("rooms.roster.noteAbsence")}
    </ReasonAction>
  );
}

function Shifts({ roster }: { roster: View }) {
  const { t, tx } = useI18n();
  const absent = new Set(roster.absent.map((one) => one.officer));
  return (
    <section className="panel">
      <h2 id="roster-shifts">{t("rooms.roster.shifts")}</h2>
      {roster.shifts.length === 0 ? (
        <p className="muted">{t("rooms.roster.none")}</p>
      ) : (
        // A wide table is scrolled by keyboard, too.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="table-scroll" role="region" aria-labelledby="roster-shifts" tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("rooms.roster.officer")}</th>
                <th scope="col">{t("rooms.roster.site")}</th>
                <th scope="col">{t("rooms.roster.time")}</th>
                <th scope="col">{t("rooms.roster.overtime")}</th>
                <th scope="col">{t("rooms.roster.competence")}</th>
                {roster.open && <th scope="col">{t("worklist.action")}</th>}
              </tr>
            </thead>
            <tbody>
              {roster.shifts.map((shift) => (
                <tr key={shift.number} data-shift={shift.number}>
                  <th scope="row">
                    {tx(nameOf(roster, shift.officer))}
                    {absent.has(shift.officer) && <span className="late-mark">{t("rooms.roster.absent")}</span>}
                  </th>
                  <td>{shift.site}</td>
                  <td>
                    <When at={shift.from} style="clock" />–<When at={shift.to} style="clock" />
                  </td>
                  <td>
                    {shift.overtime_minutes > 0 ? (
                      <>
                        {t("rooms.roster.minutes", { n: shift.overtime_minutes })} <span className="muted">{tx(shift.overtime_text)}</span>
                      </>
                    ) : (
                      "–"
                    )}
                  </td>
                  <td>{shift.competence ?? "–"}</td>
                  {roster.open && (
                    <td>
                      <Remove roster={roster} shift={shift} />
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

function Remove({ roster, shift }: { roster: View; shift: Shift }) {
  const { t, tx } = useI18n();
  const action = useAction<null, View>(() => api.post<View>(url`/roster/${roster.day}/changes`, { change: "remove", number: shift.number }));
  return (
    <>
      <Button size="small" loading={action.isPending} aria-label={t("rooms.roster.removeShift", { officer: tx(nameOf(roster, shift.officer)) })} onClick={() => action.mutate(null)}>
        {t("rooms.roster.remove")}
      </Button>
      {action.error && <ProblemAlert error={action.error} />}
    </>
  );
}

function Absent({ roster }: { roster: View }) {
  const { t, tx } = useI18n();
  const action = useAction<string, View>((officer) => api.post<View>(url`/roster/${roster.day}/changes`, { change: "present", officer }));
  return (
    <section className="panel" aria-labelledby="roster-absent">
      <h2 id="roster-absent">{t("rooms.roster.absent")}</h2>
      {roster.absent.length === 0 && <p className="muted">{t("rooms.roster.noAbsent")}</p>}
      <ul className="box-list">
        {roster.absent.map((one) => (
          <li key={one.officer} data-absent={one.officer}>
            <span>
              <strong>{tx(nameOf(roster, one.officer))}</strong> {t(`rooms.roster.absence.${one.absence}` as MessageKey)}
            </span>
            {roster.open && (
              <Button size="small" loading={action.isPending} onClick={() => action.mutate(one.officer)}>
                {t("rooms.roster.present")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {action.error && <ProblemAlert error={action.error} />}
    </section>
  );
}

function Officers({ roster }: { roster: View }) {
  const { t, tx } = useI18n();
  return (
    <section className="panel">
      <h2 id="roster-officers">{t("rooms.roster.officers")}</h2>
      {/* A wide table is scrolled by keyboard, too. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="table-scroll" role="region" aria-labelledby="roster-officers" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("rooms.roster.officer")}</th>
              <th scope="col">{t("rooms.roster.competence")}</th>
              <th scope="col">{t("rooms.roster.pool")}</th>
              <th scope="col">{t("rooms.roster.overtime28")}</th>
            </tr>
          </thead>
          <tbody>
            {roster.officers.map((one) => (
              <tr key={one.id}>
                <th scope="row">
                  {tx(one.name)} <span className="mono muted">{one.id}</span>
                </th>
                <td>{one.competences.join(", ") || "–"}</td>
                <td>{t(one.on_duty ? "rooms.roster.yes" : "rooms.roster.no")}</td>
                <td>{t("rooms.roster.hours", { n: Math.round(one.overtime_minutes / 6) / 10 })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
