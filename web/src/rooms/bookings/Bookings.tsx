// Pick-up bookings (提箱预约).
import { PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useNavigate, useSearchParams } from "react-router";
import { useCan, useSession } from "../../api/session";
import type { Booking } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, PageHeader, StatusTag, When, Worklist } from "../../parts";
import { useStatusChoices } from "../parts/statuses";
import { BookingCard } from "./BookingCard";

export default function Bookings() {
  const { t, tx } = useI18n();
  const can = useCan();
  const navigate = useNavigate();
  const role = useSession()?.user.role;
  const [search, setSearch] = useSearchParams();
  const statuses = useStatusChoices("booking");
  const shown = search.get("card");
  const show = (id: string | null) =>
    setSearch((before) => {
      const next = new URLSearchParams(before);
      if (id) next.set("card", id);
      else next.delete("card");
      return next;
    });
  return (
    <>
      <PageHeader
        title={t("rooms.booking.title")}
        actions={
          can("booking.make") && (
            <Button type="primary" icon={<PlusOutlined aria-hidden="true" />} onClick={() => void navigate("/bookings/new")}>
              {t("rooms.booking.new")}
            </Button>
          )
        }
      >
        {t("rooms.booking.lead")}
      </PageHeader>
      <Worklist<Booking>
        label={t("rooms.booking.title")}
        path="/bookings"
        rowKey={(row) => row.id}
        filters={[
          { name: "q", label: t("rooms.booking.find") },
          { name: "status", label: t("worklist.status"), options: statuses },
        ]}
        columns={[
          {
            key: "id",
            title: t("rooms.number"),
            render: (row) => (
              <button type="button" className="link-button mono" onClick={() => show(row.id)}>
                {row.id}
              </button>
            ),
          },
          {
            key: "container",
            title: t("rooms.container.number"),
            render: (row) => (
              <ObjectLink type="container" id={row.container.id}>
                {row.container.number}
              </ObjectLink>
            ),
          },
          {
            key: "slot",
            title: t("rooms.booking.slot"),
            render: (row) => (
              <>
                <When at={row.slot_start} style="short" />–<When at={row.slot_end} style="clock" />
              </>
            ),
          },
          { key: "status", title: t("worklist.status"), render: (row) => <StatusTag status={row.status} text={row.status_text} /> },
          { key: "plate", title: t("rooms.booking.plate"), render: (row) => <span className="mono">{row.plate}</span> },
          { key: "driver", title: t("rooms.booking.driver"), render: (row) => row.driver_name, wide: true },
          {
            key: "terminal",
            title: t("rooms.call.terminal"),
            render: (row) => (role === "terminal" ? tx(row.trucker.name) : tx(row.terminal.name)),
            wide: true,
          },
        ]}
        empty={t("rooms.booking.empty")}
      />
      <BookingCard id={shown} close={() => show(null)} />
    </>
  );
}
