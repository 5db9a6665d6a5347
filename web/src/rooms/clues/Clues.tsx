// The clues of an authority (线索), and those that others share with it.
import { Button } from "antd";
import { useNavigate } from "react-router";
import { url } from "../../api/client";
import { useCan } from "../../api/session";
import type { Clue } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, StatusTag, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";
import { ABOUT, clueTone, FINDINGS } from "./codes";

export default function Clues() {
  const { t, tx } = useI18n();
  const can = useCan();
  const navigate = useNavigate();
  const statuses = useStatusChoices("clue");
  return (
    <>
      <PageHeader
        title={t("rooms.clues.title")}
        actions={
          can("clue.register") && (
            <>
              <Button onClick={() => void navigate("/clues/figures")}>{t("rooms.clues.figures")}</Button>
              <Button type="primary" onClick={() => void navigate("/clues/new")}>
                {t("rooms.clues.new")}
              </Button>
            </>
          )
        }
      >
        {t("rooms.clues.lead")}
      </PageHeader>
      <Worklist<Clue>
        label={t("rooms.clues.title")}
        path="/clues"
        rowKey={(row) => row.id}
        to={(row) => url`/clues/${row.id}`}
        overdue={(row) => row.due !== null && new Date(row.due) < new Date()}
        filters={[
          { name: "q", label: t("rooms.clues.find") },
          { name: "about", label: t("rooms.clues.about"), options: ABOUT.map((value) => ({ value, label: t(`rooms.clues.about.${value}`) })) },
          { name: "value", label: t("rooms.clues.findValue") },
          { name: "status", label: t("worklist.status"), options: statuses },
          { name: "finding", label: t("rooms.clues.finding"), options: FINDINGS.map((value) => ({ value, label: t(`rooms.clues.finding.${value}`) })) },
          { name: "mine", label: t("rooms.clues.officer"), options: [{ value: "true", label: t("rooms.clues.mine") }] },
          { name: "whose", label: t("rooms.clues.whose"), options: [{ value: "shared", label: t("rooms.clues.whose.shared") }] },
          { name: "from", label: t("rooms.clues.from"), placeholder: "YYYY-MM-DD" },
          { name: "to", label: t("rooms.clues.to"), placeholder: "YYYY-MM-DD" },
        ]}
        columns={[
          { key: "id", title: t("rooms.number"), render: (row) => <span className="mono">{row.id}</span> },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} tone={clueTone(row.status)} /> },
          {
            key: "about",
            title: t("rooms.clues.about"),
            render: (row) => (
              <>
                {t(`rooms.clues.about.${row.about}`)} <span className="mono">{row.value ?? "–"}</span>
              </>
            ),
          },
          { key: "severity", title: t("rooms.clues.severity"), render: (row) => t(`rooms.clues.severity.${row.severity}`) },
          { key: "place", title: t("rooms.clues.place"), render: (row) => [row.place.name, row.place.county].filter(Boolean).join(" "), wide: true },
          { key: "officer", title: t("rooms.clues.officer"), render: (row) => row.officer && tx(row.officer.name) },
          { key: "due", title: t("rooms.clues.due"), render: (row) => row.due && <When at={row.due} style="short" /> },
          { key: "text", title: t("rooms.clues.text"), render: (row) => <span className="clip">{row.text}</span>, wide: true },
          { key: "registered", title: t("rooms.clues.registered"), render: (row) => <When at={row.registered_at} relative /> },
        ]}
        empty={t("rooms.clues.empty")}
      />
    </>
  );
}
