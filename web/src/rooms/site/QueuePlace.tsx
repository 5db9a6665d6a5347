// The class of an inspection at the site and its place among those that wait; a drawn officer takes it up.
import { api } from "../../api/client";
import { useGet } from "../../api/query";
import type { Inspection, QueuePlace as Place } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, KeyFacts, When } from "../../parts";
import { allows } from "../parts/allows";

export function QueuePlace({ inspection, path }: { inspection: Inspection; path: string }) {
  const { t, tx, number } = useI18n();
  const there = inspection.status === "at-site" && inspection.begun_at === null;
  // Others may come before it: the place is asked for again while it waits.
  const found = useGet<Place>(there ? `${path}/queue` : null, undefined, { refetchInterval: 30_000 });
  const place = there ? found.data : undefined;
  if (!inspection.priority && inspection.begun_at === null && !place?.position) return null;
  return (
    <section className="panel" aria-label={t("rooms.site.title")}>
      <KeyFacts
        facts={[
          {
            label: t("rooms.site.class"),
            value: inspection.priority
              ? [tx(inspection.priority.name), inspection.priority.on_arrival ? t("rooms.site.onArrival") : ""].filter(Boolean).join(" · ")
              : t("rooms.site.ordinary"),
          },
          place?.position ? { label: t("rooms.site.queue"), value: t("rooms.site.queueOf", { n: number(place.position), all: number(place.waiting) }) } : null,
          inspection.begun_at ? { label: t("rooms.site.begun"), value: <When at={inspection.begun_at} /> } : null,
        ]}
      />
      {allows(inspection.actions, "inspection.begin") && (
        <p className="row form-end">
          <ActionButton type="primary" confirm={t("rooms.site.beginAsk")} success={t("rooms.saved")} run={() => api.post(`${path}/begin`)}>
            {t("rooms.site.begin")}
          </ActionButton>
        </p>
      )}
    </section>
  );
}
