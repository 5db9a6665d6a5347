// The hours of a day with the places left in each.
import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useGet } from "../../api/query";
import type { Slot } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, ProblemAlert, useNow } from "../../parts";
import { usePortClock } from "../parts/porttime";

interface Props {
  terminal: string;
  day: string;
  chosen: string | null;
  choose: (start: string) => void;
  setDay: (day: string) => void;
}

export function SlotGrid({ terminal, day, chosen, choose, setDay }: Props) {
  const { t } = useI18n();
  const clock = usePortClock();
  const now = useNow(30_000);
  const slots = useGet<{ items: Slot[] }>("/slots", { terminal, day });
  const items = slots.data?.items ?? [];
  return (
    <div className="slot-grid-box">
      <div className="slot-day">
        <Button
          icon={<LeftOutlined aria-hidden="true" />}
          aria-label={t("rooms.booking.dayBefore")}
          disabled={day <= clock.today()}
          onClick={() => setDay(clock.shift(day, -1))}
        />
        <Input
          type="date"
          aria-label={t("rooms.booking.day")}
          value={day}
          min={clock.today()}
          onChange={(event) => event.target.value && setDay(event.target.value)}
        />
        <Button icon={<RightOutlined aria-hidden="true" />} aria-label={t("rooms.booking.dayAfter")} onClick={() => setDay(clock.shift(day, 1))} />
      </div>
      {slots.error && <ProblemAlert error={slots.error} />}
      {slots.isPending ? (
        <Loading rows={4} />
      ) : items.length === 0 ? (
        <p className="muted">{t("rooms.booking.noSlots")}</p>
      ) : (
        <div className="slot-grid" role="radiogroup" aria-label={t("rooms.booking.chooseSlot")}>
          {items.map((slot) => {
            const past = new Date(slot.end) <= now;
            const full = slot.free <= 0;
            const hour = `${clock.hour(slot.start)}–${clock.hour(slot.end)}`;
            const left = full ? t("rooms.booking.full") : t("rooms.booking.free", { n: slot.free });
            return (
              <button
                key={slot.start}
                type="button"
                role="radio"
                aria-checked={chosen === slot.start}
                disabled={past || full}
                className={["slot", full ? "slot-full" : slot.free * 4 <= slot.capacity ? "slot-few" : "", past ? "slot-past" : ""].join(" ").trim()}
                onClick={() => choose(slot.start)}
                data-slot={slot.start}
              >
                <span className="slot-hour">{hour}</span>
                <span className="slot-free">{past ? t("rooms.booking.past") : left}</span>
                <span className="slot-bar" aria-hidden="true">
                  <span style={{ width: `${String(slot.capacity > 0 ? Math.min(100, (100 * slot.taken) / slot.capacity) : 100)}%` }} />
                </span>
              </button>
            );
          })}
        </div>
      )}
    </div>
  );
}
