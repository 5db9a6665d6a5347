// Samples: all of the district for officers, those of their own goods for traders, as a list and as a table for spreadsheets.
import { DownloadOutlined } from "@ant-design/icons";
import { Link, useSearchParams } from "react-router";
import { fileUrl, url, type Params } from "../../api/client";
import { useGet } from "../../api/query";
import { useSession } from "../../api/session";
import type { Laboratories, Sample } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";
import { useSampleColumns } from "./columns";

const FILTERS = ["q", "status", "laboratory", "month", "inspection"] as const;

export default function Samples() {
  const { t, tx } = useI18n();
  const customs = useSession()?.user.role === "customs";
  const statuses = useStatusChoices("sample");
  const columns = useSampleColumns(true);
  const laboratories = useGet<Laboratories>("/laboratories");
  const [search] = useSearchParams();
  const asked: Params = {};
  for (const name of FILTERS) {
    const value = search.get(name);
    if (value) asked[name] = value;
  }
  // The month and the inspection come with a link, not by choice.
  const given: Params = {};
  for (const name of ["month", "inspection"] as const) if (asked[name]) given[name] = asked[name];
  return (
    <>
      <PageHeader
        title={t("rooms.sample.title")}
        actions={
          customs && (
            <Link className="button-link" to="/laboratory-queue">
              {t("rooms.sample.queue")}
            </Link>
          )
        }
      >
        {t(customs ? "rooms.sample.lead" : "rooms.sample.ownLead")}
      </PageHeader>
      <Worklist<Sample>
        label={t("rooms.sample.title")}
        path="/samples"
        params={given}
        rowKey={(row) => row.id}
        to={(row) => url`/samples/${row.id}`}
        overdue={(row) => row.due_at !== null && row.due_at < new Date().toISOString()}
        filters={[
          { name: "q", label: t("rooms.sample.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
          { name: "laboratory", label: t("rooms.sample.laboratory"), options: (laboratories.data?.laboratories ?? []).map((one) => ({ value: one.id, label: tx(one.name) })) },
        ]}
        actions={
          <a className="button-link small" href={fileUrl("/samples/export", asked)} download="samples.csv">
            <DownloadOutlined aria-hidden="true" /> {t("rooms.sample.export")}
          </a>
        }
        columns={columns}
        empty={t("rooms.sample.empty")}
      />
    </>
  );
}
