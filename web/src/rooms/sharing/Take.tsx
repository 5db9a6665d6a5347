// Rows of an agreement as an officer looks at them: a period, a page, the next page.
import { Input } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import type { DataPage, Day, SharingAgreement } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, When } from "../../parts";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";

/** Days looked at when nothing else is asked for. */
const DAYS = 7;
/** Most days of one question. */
const DAYS_MAX = 31;

interface Props {
  agreement: SharingAgreement;
  path: string;
  /** What the fields are called. */
  titles: Map<string, string>;
}

export function Take({ agreement, path, titles }: Props) {
  const { t } = useI18n();
  const clock = usePortClock();
  const today = clock.today();
  const first = agreement.data_from;
  const earliest = (day: Day) => (day < first ? first : day);
  const [from, setFrom] = useState(() => earliest(clock.shift(today, 1 - DAYS)));
  const [to, setTo] = useState(today);
  const [taken, setTaken] = useState<{ page: DataPage; number: number } | null>(null);
  const page = taken?.page;
  const asked = () => ({
    from: clock.toInstant(`${from}T00:00`) ?? undefined,
    to: clock.toInstant(`${clock.shift(to, 1)}T00:00`) ?? undefined,
  });
  const valid = from !== "" && to !== "" && from >= first && from <= to && to < clock.shift(from, DAYS_MAX);
  const names = agreement.fields.map((one) => one.field);
  return (
    <section className="panel">
      <h2 id="sharing-take">{t("rooms.sharing.rows")}</h2>
      <p className="muted">{t("rooms.sharing.takeHint")}</p>
      <div className="form-grid">
        <Field label={t("rooms.sharing.takeFrom")} fault={valid ? null : t("rooms.sharing.takeFault", { first, n: DAYS_MAX })}>
          <Input type="date" aria-label={t("rooms.sharing.takeFrom")} min={first} max={to} value={from} onChange={(event) => setFrom(event.target.value)} />
        </Field>
        <Field label={t("rooms.sharing.takeTo")}>
          <Input type="date" aria-label={t("rooms.sharing.takeTo")} min={from} value={to} onChange={(event) => setTo(event.target.value)} />
        </Field>
      </div>
      <div className="panel-act">
        <ActionButton type="primary" disabled={!valid} run={() => api.get<DataPage>(`${path}/data`, asked())} onDone={(found) => setTaken({ page: found, number: 1 })}>
          {t("rooms.sharing.take")}
        </ActionButton>
      </div>
      {page && (
        <p role="status">
          {t("rooms.sharing.taken", { n: page.rows.length, id: page.delivery, page: taken.number })}
          {" · "}
          {t("rooms.sharing.takenOf")} <When at={page.from} style="short" /> – <When at={page.to} style="short" />
          {" · "}
          {t(page.next ? "rooms.sharing.moreRows" : "rooms.sharing.allRows")}
        </p>
      )}
      {page && page.rows.length === 0 && <p>{t("rooms.sharing.noRows")}</p>}
      {page && page.rows.length > 0 && (
        // A wide table is scrolled by keyboard, too.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="table-scroll" role="region" aria-labelledby="sharing-take" tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                {names.map((name) => (
                  <th key={name} scope="col">
                    {titles.get(name) ?? name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {page.rows.map((row, at) => (
                <tr key={at}>
                  {names.map((name) => (
                    <td key={name}>{shown(row[name])}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {taken && page?.next && (
        // The next page is of the period that was served, whatever the fields say meanwhile.
        <div className="panel-act">
          <ActionButton
            run={() => api.get<DataPage>(`${path}/data`, { from: page.from, to: page.to, cursor: page.next ?? undefined })}
            onDone={(found) => setTaken({ page: found, number: taken.number + 1 })}
          >
            {t("rooms.sharing.nextPage")}
          </ActionButton>
        </div>
      )}
    </section>
  );
}

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

function shown(value: unknown) {
  if (typeof value === "string") return INSTANT.test(value) ? <When at={value} style="short" /> : value;
  return typeof value === "number" ? value : "–";
}
