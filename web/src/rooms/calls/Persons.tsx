// Who is on board, for customs of the port: read from the ship agent's lists when asked for, and every look is logged.
import { Alert, Button } from "antd";
import { useState } from "react";
import { url } from "../../api/client";
import { useCan } from "../../api/session";
import type { Person } from "../../api/types";
import { useI18n } from "../../i18n";
import { Worklist } from "../../parts";

export function PersonsOnBoard({ call }: { call: string }) {
  const { t } = useI18n();
  const can = useCan();
  const [shown, setShown] = useState(false);
  if (!can("persons.read")) return null;
  return (
    <div className="panel">
      <h2>{t("rooms.call.persons")}</h2>
      {!shown && (
        <>
          <p className="muted">{t("rooms.call.personsLead")}</p>
          <Button onClick={() => setShown(true)}>{t("rooms.call.personsShow")}</Button>
        </>
      )}
      {shown && (
        <>
          <Alert type="info" showIcon title={t("rooms.call.personsLogged")} />
          <Worklist<Person>
            label={t("rooms.call.persons")}
            path={url`/calls/${call}/persons`}
            rowKey={(row) => `${row.document_number ?? ""} ${row.name}`}
            columns={[
              { key: "name", title: t("rooms.call.personName"), render: (row) => row.name },
              { key: "role", title: t("rooms.call.personRole"), render: (row) => [t(row.crew ? "rooms.call.crew" : "rooms.call.passenger"), row.rank].filter(Boolean).join(" · ") },
              { key: "nationality", title: t("rooms.call.personNationality"), render: (row) => row.nationality ?? "–" },
              { key: "birth", title: t("rooms.call.personBirth"), render: (row) => row.birth ?? "–" },
              { key: "sex", title: t("rooms.call.personSex"), render: (row) => row.sex ?? "–", wide: true },
              { key: "document", title: t("rooms.call.personDocument"), render: (row) => <span className="mono">{row.document_number ?? "–"}</span> },
            ]}
            empty={t("rooms.call.noPersons")}
          />
        </>
      )}
    </div>
  );
}
