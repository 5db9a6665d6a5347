// Booking the time of an inspection.
import { Input } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useGet } from "../../api/query";
import type { Inspection, InspectionSlot } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, Loading, ProblemAlert, useNow } from "../../parts";
import { usePortClock } from "../parts/porttime";

export function Appointment({ inspection, path }: { inspection: Inspection; path: string }) {
  const { t } = useI18n();
  const clock = usePortClock();
  const now = useNow(30_000);
  const [day, setDay] = useState(() => clock.today());
  const [slot, setSlot] = useState<string | null>(null);
  const slots = useGet<{ items: InspectionSlot[] }>("/inspections/slots", { day });
  const open = (slots.data?.items ?? []).filter((item) => new Date(item.start) > now);
  return (
    <section className="panel" aria-labelledby="appointment">
      <h2 id="appointment">{inspection.slot ? t("rooms.inspection.changeSlot") : t("rooms.inspection.appoint")}</h2>
      <div className="slot-day">
        <Input
          type="date"
          aria-label={t("rooms.booking.day")}
          value={day}
          min={clock.today()}
          onChange={(event) => {
            setSlot(null);
            if (event.target.value) setDay(event.target.value);
          }}
        />
      </div>
      {slots.error && <ProblemAlert error={slots.error} />}
      {slots.isPending ? (
        <Loading rows={2} />
      ) : open.length === 0 ? (
        <p className="muted">{t("rooms.inspection.noSlots")}</p>
      ) : (
        <div className="slot-grid" role="radiogroup" aria-label={t("rooms.booking.chooseSlot")}>
          {open.map((item) => (
            <button
              key={item.start}
              type="button"
              role="radio"
              aria-checked={slot === item.start}
              disabled={item.free <= 0}
              className={item.free <= 0 ? "slot slot-full" : item.free === 1 ? "slot slot-few" : "slot"}
              onClick={() => setSlot(item.start)}
              data-slot={item.start}
            >
              <span className="slot-hour">
                {clock.hour(item.start)}–{clock.hour(item.end)}
              </span>
              <span className="slot-free">{item.free > 0 ? t("rooms.booking.free", { n: item.free }) : t("rooms.booking.full")}</span>
            </button>
          ))}
        </div>
      )}
      <ActionButton type="primary" disabled={!slot} success={t("rooms.inspection.appointed")} run={() => api.post(`${path}/appointment`, { slot_start: slot })}>
        {t("rooms.inspection.appointSend")}
      </ActionButton>
    </section>
  );
}
