// A declaration on its way to the national single window: sent on when its declarant says so, and what came back.
import { Alert } from "antd";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import { useSession } from "../../api/session";
import type { Declaration, Page, Transmission, TransmissionSummary } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, ObjectLink, StatusTag, When } from "../../parts";
import { toneOfTransmission } from "../../pages/national/states";
import { allows } from "../parts/allows";

export function NationalPanel({ declaration }: { declaration: Declaration }) {
  const { t } = useI18n();
  const reads = useSession()?.permissions.includes("transmission.read") ?? false;
  const list = useGet<Page<TransmissionSummary>>(reads ? "/national/transmissions" : null, { q: declaration.id });
  const sent = list.data?.items ?? [];
  const may = list.data !== undefined && allows(declaration.actions, "declaration.transmit") && (sent[0]?.replaceable ?? true);
  if (sent.length === 0 && !may) return null;
  return (
    <section className="panel" aria-labelledby="national">
      <div className="panel-head">
        <h2 id="national">{t("rooms.decl.national")}</h2>
        {may && (
          <ActionButton run={() => api.post<Transmission>(url`/declarations/${declaration.id}/transmission`)} success={t("rooms.decl.transmitted")}>
            {t("rooms.decl.transmit")}
          </ActionButton>
        )}
      </div>
      {sent.some((one) => one.sandbox) && <Alert type="warning" showIcon title={t("rooms.decl.nationalSandbox")} />}
      <p className="muted">{t("rooms.decl.nationalNote")}</p>
      <ul className="plain-list">
        {sent.map((one) => (
          <li key={one.id} data-transmission={one.id}>
            <ObjectLink type="transmission" id={one.id} /> <StatusTag status={one.status} tone={toneOfTransmission(one.status)} text={one.status_text} />{" "}
            {one.entry_id && <span className="mono">{one.entry_id}</span>} <When at={one.prepared_at} style="short" />
          </li>
        ))}
      </ul>
    </section>
  );
}
