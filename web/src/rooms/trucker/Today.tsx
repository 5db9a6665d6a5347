// The haulier's day: bookings by the hour, and the orders that still wait for one.
import { CarOutlined } from "@ant-design/icons";
import { Link } from "react-router";
import { useGet } from "../../api/query";
import { useSession } from "../../api/session";
import type { Booking, DeliveryOrder, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, ObjectLink, PageHeader, ProblemAlert, When } from "../../parts";
import { DriverCard } from "../bookings/BookingCard";
import { usePortClock } from "../parts/porttime";

const SHOWN_MAX = 20;

export default function Today() {
  const { t } = useI18n();
  const clock = usePortClock();
  const me = useSession()?.organisation.id;
  const bookings = useGet<Page<Booking>>("/bookings", { limit: 100 });
  const orders = useGet<Page<DeliveryOrder>>("/delivery-orders", { limit: 100 });
  const today = clock.today();
  const open = (bookings.data?.items ?? [])
    .filter((booking) => booking.status === "booked" || booking.status === "gated-in")
    .sort((a, b) => a.slot_start.localeCompare(b.slot_start));
  const now = open.filter((booking) => clock.toLocal(booking.slot_start).slice(0, 10) <= today);
  const later = open.filter((booking) => clock.toLocal(booking.slot_start).slice(0, 10) > today);
  const booked = new Set(open.map((booking) => booking.container.id));
  const waiting = (orders.data?.items ?? [])
    .filter((order) => order.holder.id === me && (order.status === "issued" || order.status === "transferred"))
    .flatMap((order) => order.containers.filter((box) => !box.redeemed_at && !booked.has(box.id)).map((box) => ({ order, box })));
  return (
    <>
      <PageHeader
        title={t("rooms.today.title")}
        actions={
          <Link className="button-link" to="/bookings/new">
            <CarOutlined aria-hidden="true" /> {t("rooms.booking.new")}
          </Link>
        }
      />
      {(bookings.error ?? orders.error) && <ProblemAlert error={bookings.error ?? orders.error} />}
      {bookings.isPending && <Loading />}
      <section aria-labelledby="today-now">
        <h2 id="today-now" className="section-title">
          {t("rooms.today.now")} · {now.length}
        </h2>
        {now.length === 0 && !bookings.isPending && <p className="panel muted">{t("rooms.today.none")}</p>}
        <div className="cards">
          {now.slice(0, SHOWN_MAX).map((booking) => (
            <div key={booking.id} className="panel">
              <DriverCard booking={booking} />
            </div>
          ))}
        </div>
      </section>
      <section className="panel" aria-labelledby="today-waiting">
        <h2 id="today-waiting">
          {t("rooms.today.waiting")} · {waiting.length}
        </h2>
        {waiting.length === 0 ? (
          <p className="muted">{t("rooms.today.noneWaiting")}</p>
        ) : (
          <ul className="box-list">
            {waiting.slice(0, SHOWN_MAX).map(({ order, box }) => (
              <li key={box.id}>
                <span>
                  <ObjectLink type="container" id={box.id}>
                    {box.number}
                  </ObjectLink>
                  <span className="muted">
                    {" "}
                    {order.bill_no} · {t("rooms.order.freeUntil")} <When at={order.free_until} style="short" />
                  </span>
                </span>
                <Link className="button-link secondary" to={`/bookings/new?container=${encodeURIComponent(box.id)}`}>
                  {t("rooms.booking.book")}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </section>
      {later.length > 0 && (
        <section className="panel" aria-labelledby="today-later">
          <h2 id="today-later">
            {t("rooms.today.later")} · {later.length}
          </h2>
          <ul className="box-list">
            {later.slice(0, SHOWN_MAX).map((booking) => (
              <li key={booking.id}>
                <span>
                  <When at={booking.slot_start} style="short" /> <strong>{booking.plate}</strong> <span className="mono">{booking.container.number}</span>
                </span>
                <Link to={`/bookings?card=${encodeURIComponent(booking.id)}`}>{booking.id}</Link>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
