// A slot of the inspection site: the day, then the hours that are left.
import { Input } from "antd";
import { useState } from "react";
import { useGet } from "../../api/query";
import type { InspectionSlot, Instant } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, ProblemAlert, useNow } from "../../parts";
import { usePortClock } from "../parts/porttime";

export function SlotPicker({ value, onChange }: { value: Instant | null; onChange: (slot: Instant | null) => void }) {
  const { t } = useI18n();
  const clock = usePortClock();
  const now = useNow(30_000);
  const [day, setDay] = useState(() => clock.today());
  const slots = useGet<{ items: InspectionSlot[] }>("/inspections/slots", { day });
  const open = (slots.data?.items ?? []).filter((item) => new Date(item.start) > now);
  return (
    <>
      <div className="slot-day">
        <Input
          type="date"
          aria-label={t("rooms.booking.day")}
          value={day}
          min={clock.today()}
          onChange={(event) => {
            onChange(null);
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
              aria-checked={value === item.start}
              disabled={item.free <= 0}
              className={item.free <= 0 ? "slot slot-full" : item.free === 1 ? "slot slot-few" : "slot"}
              onClick={() => onChange(item.start)}
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
    </>
  );
}
