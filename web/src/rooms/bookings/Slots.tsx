// The terminal opens its hours: how many trucks each hour of a day can take.
import { App, Button, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { api } from "../../api/client";
import { useAction, useGet } from "../../api/query";
import { useSession } from "../../api/session";
import type { Slot } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, PageHeader, ProblemAlert, useNow } from "../../parts";
import { Field } from "../parts/Field";
import { usePortClock, type PortClock } from "../parts/porttime";

const HOURS = Array.from({ length: 25 }, (_, hour) => hour);
const CAPACITY_MAX = 1_000;
const CAPACITY_USUAL = 30;

const hourText = (hour: number) => `${String(hour).padStart(2, "0")}:00`;

/** The beginnings of the hours of a day from one hour to another, those that are not over. */
function starts(clock: PortClock, day: string, from: number, to: number, now: Date): string[] {
  return HOURS.slice(from, to)
    .map((hour) => clock.toInstant(`${day}T${hourText(hour)}`))
    .filter((start): start is string => start !== null && new Date(start).getTime() + 3_600_000 > now.getTime());
}

export default function Slots() {
  const { t } = useI18n();
  const { message } = App.useApp();
  const clock = usePortClock();
  const now = useNow(30_000);
  const terminal = useSession()?.organisation.id ?? "";
  const [search, setSearch] = useSearchParams();
  const day = search.get("day") ?? clock.today();
  const [hours, setHours] = useState({ from: 8, to: 18 });
  const [capacity, setCapacity] = useState(CAPACITY_USUAL);
  const slots = useGet<{ items: Slot[] }>("/slots", { terminal, day }, { keep: true });
  const set = useAction<{ starts: string[]; capacity: number }, number>(
    async (input) => {
      // One hour after the other: the first that cannot be set says why, and those before it are set.
      for (const start of input.starts) await api.post<Slot>("/slots", { start, capacity: input.capacity });
      return input.starts.length;
    },
    (n) => void message.success(t("rooms.slots.done", { n })),
  );
  const chosen = hours.to > hours.from ? starts(clock, day, hours.from, hours.to, now) : [];
  const options = (list: number[]) => list.map((hour) => ({ value: hour, label: hourText(hour) }));
  return (
    <>
      <PageHeader title={t("rooms.slots.title")}>{t("rooms.slots.lead")}</PageHeader>
      <section className="panel" aria-label={t("rooms.slots.set")}>
        <div className="form-grid">
          <Field label={t("rooms.booking.day")} required>
            <Input
              type="date"
              aria-label={t("rooms.booking.day")}
              value={day}
              min={clock.today()}
              onChange={(event) => event.target.value && setSearch({ day: event.target.value }, { replace: true })}
            />
          </Field>
          <Field label={t("rooms.slots.from")} required>
            <Select aria-label={t("rooms.slots.from")} value={hours.from} options={options(HOURS.slice(0, 24))} showSearch={{ optionFilterProp: "label" }} onChange={(from: number) => setHours({ ...hours, from })} />
          </Field>
          <Field label={t("rooms.slots.to")} required fault={hours.to > hours.from ? null : t("rooms.slots.hours")}>
            <Select aria-label={t("rooms.slots.to")} value={hours.to} options={options(HOURS.slice(1))} showSearch={{ optionFilterProp: "label" }} onChange={(to: number) => setHours({ ...hours, to })} />
          </Field>
          <Field label={t("rooms.slots.capacity")} required>
            <InputNumber
              aria-label={t("rooms.slots.capacity")}
              min={1}
              max={CAPACITY_MAX}
              precision={0}
              value={capacity}
              onChange={(value) => setCapacity(value ?? 1)}
            />
          </Field>
        </div>
        <Button type="primary" disabled={chosen.length === 0} loading={set.isPending} onClick={() => set.mutate({ starts: chosen, capacity })}>
          {t("rooms.slots.set")} · {chosen.length}
        </Button>
        {set.error && <ProblemAlert error={set.error} />}
      </section>
      <section className="panel" aria-labelledby="slots-of-day">
        <h2 id="slots-of-day">{t("rooms.slots.table", { day })}</h2>
        {slots.error && <ProblemAlert error={slots.error} />}
        {slots.isPending ? (
          <Loading rows={4} />
        ) : (slots.data?.items ?? []).length === 0 ? (
          <p className="muted">{t("rooms.booking.noSlots")}</p>
        ) : (
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("rooms.booking.slot")}</th>
                <th scope="col" className="right">
                  {t("rooms.slots.capacity")}
                </th>
                <th scope="col" className="right">
                  {t("rooms.slots.taken")}
                </th>
              </tr>
            </thead>
            <tbody>
              {(slots.data?.items ?? []).map((slot) => (
                <tr key={slot.start}>
                  <td>
                    {clock.hour(slot.start)}–{clock.hour(slot.end)}
                  </td>
                  <td className="right" data-capacity={clock.hour(slot.start)}>
                    {slot.capacity}
                  </td>
                  <td className="right">{slot.taken}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
    </>
  );
}
