// Containers (集装箱): where each is, what customs says, what papers it has.
import { ImportOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useNavigate } from "react-router";
import { url } from "../../api/client";
import { useCan } from "../../api/session";
import type { Container } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, PageHeader, StatusTag, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";

export default function Containers() {
  const { t, tx } = useI18n();
  const can = useCan();
  const navigate = useNavigate();
  const statuses = useStatusChoices("container");
  return (
    <>
      <PageHeader
        title={t("rooms.container.title")}
        actions={
          can("discharge.report") && (
            <Button type="primary" icon={<ImportOutlined aria-hidden="true" />} onClick={() => void navigate("/containers/discharge")}>
              {t("rooms.discharge.title")}
            </Button>
          )
        }
      />
      <Worklist<Container>
        label={t("rooms.container.title")}
        path="/containers"
        rowKey={(row) => row.id}
        to={(row) => url`/cases/${row.id}`}
        filters={[
          { name: "q", label: t("rooms.container.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          { key: "number", title: t("rooms.container.number"), render: (row) => <span className="mono">{row.number}</span> },
          { key: "size", title: t("rooms.container.size"), render: (row) => <span className="mono">{row.size_type}</span> },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
          { key: "place", title: t("rooms.container.place"), render: (row) => tx(row.place) },
          { key: "customs", title: t("rooms.container.customs"), render: (row) => <Customs state={row.customs} /> },
          {
            key: "papers",
            title: t("kind.delivery-order"),
            render: (row) =>
              row.delivery_order ? (
                <span className="row-tight">
                  <ObjectLink type="delivery-order" id={row.delivery_order} />
                  {row.order_issued && <span className="told-good">{t("rooms.container.issued")}</span>}
                </span>
              ) : (
                <span className="none">–</span>
              ),
          },
          {
            key: "booking",
            title: t("kind.booking"),
            render: (row) => (row.booking ? <ObjectLink type="booking" id={row.booking} /> : <span className="none">–</span>),
            wide: true,
          },
          { key: "ship", title: t("rooms.call.ship"), render: (row) => `${row.ship_name} ${row.voyage}`, wide: true },
          { key: "discharged", title: t("rooms.container.dischargedAt"), render: (row) => <When at={row.discharged_at} style="short" />, wide: true },
        ]}
      />
    </>
  );
}

function Customs({ state }: { state: Container["customs"] }) {
  const { t } = useI18n();
  return <StatusTag status={state} text={t(`rooms.container.customs.${state}`)} tone={state === "released" ? "done" : state === "held" ? "stop" : "wait"} />;
}
