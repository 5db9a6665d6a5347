// Booking the time of an inspection.
import { useState } from "react";
import { api } from "../../api/client";
import type { Inspection } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton } from "../../parts";
import { SlotPicker } from "./SlotPicker";

export function Appointment({ inspection, path }: { inspection: Inspection; path: string }) {
  const { t } = useI18n();
  const [slot, setSlot] = useState<string | null>(null);
  return (
    <section className="panel" aria-labelledby="appointment">
      <h2 id="appointment">{inspection.slot ? t("rooms.inspection.changeSlot") : t("rooms.inspection.appoint")}</h2>
      <SlotPicker value={slot} onChange={setSlot} />
      <ActionButton type="primary" disabled={!slot} success={t("rooms.inspection.appointed")} run={() => api.post(`${path}/appointment`, { slot_start: slot })}>
        {t("rooms.inspection.appointSend")}
      </ActionButton>
    </section>
  );
}
