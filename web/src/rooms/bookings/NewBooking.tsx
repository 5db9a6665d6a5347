// Booking a pick-up: which box, which hour, which truck. Works with one thumb.
import { Alert, Button, Input, Select } from "antd";
import { useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { api, url } from "../../api/client";
import { useAction, useGet } from "../../api/query";
import { useSession } from "../../api/session";
import type { Booking, BookingForm, Container, DeliveryOrder, Organisation, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, PageHeader, ProblemAlert, StatusTag } from "../../parts";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { SlotGrid } from "./SlotGrid";

const PLATE = /^[\p{L}\p{N}·\- ]{5,12}$/u;
const PHONE = /^[+\d][\d -]{5,19}$/;

export default function NewBooking() {
  const { t, tx } = useI18n();
  const navigate = useNavigate();
  const clock = usePortClock();
  const session = useSession();
  const me = session?.organisation.id;
  // A haulier drives itself; whoever else holds the order says who drives.
  const named = session ? session.user.role !== "trucker" : false;
  const truckers = useGet<Page<Organisation>>(named ? "/organisations" : null, { role: "trucker", limit: 200 });
  const [trucker, setTrucker] = useState<string | null>(null);
  const [search, setSearch] = useSearchParams();
  const [driver, setDriver] = useState({ plate: "", name: "", phone: "" });
  const [slot, setSlot] = useState<string | null>(null);
  const day = search.get("day") ?? clock.today();
  const orders = useGet<Page<DeliveryOrder>>("/delivery-orders", { limit: 100 });
  const mine = (orders.data?.items ?? []).filter((order) => order.holder.id === me && (order.status === "issued" || order.status === "transferred"));
  const boxes = mine.flatMap((order) => order.containers.filter((box) => !box.redeemed_at).map((box) => ({ order, box })));
  const chosen = boxes.find(({ box }) => box.id === search.get("container")) ?? null;
  const container = useGet<Container>(chosen ? url`/containers/${chosen.box.id}` : null);
  const choose = (name: string, value: string) => {
    setSlot(null);
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        next.set(name, value);
        return next;
      },
      { replace: true },
    );
  };
  const book = useAction<null, Booking>(
    () => {
      const body: BookingForm = {
        container: chosen?.box.id ?? "",
        delivery_order: chosen?.order.id ?? "",
        ...(trucker ? { trucker } : {}),
        slot_start: slot ?? "",
        plate: driver.plate.trim().toUpperCase(),
        driver_name: driver.name.trim(),
        driver_phone: driver.phone.trim(),
      };
      return api.post<Booking>("/bookings", body);
    },
    (booking) => void navigate(`/bookings?card=${encodeURIComponent(booking.id)}`),
  );
  const plateFault = driver.plate && !PLATE.test(driver.plate.trim()) ? t("rooms.booking.plateFault") : null;
  const phoneFault = driver.phone && !PHONE.test(driver.phone.trim()) ? t("rooms.booking.phoneFault") : null;
  const ready = chosen && slot && driver.plate.trim() && driver.name.trim() && driver.phone.trim() && !plateFault && !phoneFault;
  return (
    <>
      <PageHeader title={t("rooms.booking.new")} back={{ to: "/bookings", text: t("rooms.booking.title") }} />
      <div className="booking-form">
        <section className="panel" aria-labelledby="step-box">
          <h2 id="step-box">
            <span className="step-number">1</span> {t("rooms.booking.chooseBox")}
          </h2>
          {orders.error && <ProblemAlert error={orders.error} />}
          {orders.isPending ? (
            <Loading rows={2} />
          ) : boxes.length === 0 ? (
            <Alert type="info" showIcon title={t("rooms.booking.noBox")} description={<Link to="/delivery-orders">{t("rooms.order.title")}</Link>} />
          ) : (
            <Select
              size="large"
              className="full"
              aria-label={t("rooms.booking.chooseBox")}
              placeholder={t("rooms.booking.chooseBox")}
              showSearch={{ optionFilterProp: "label" }}
              value={chosen?.box.id}
              onChange={(value: string) => choose("container", value)}
              options={boxes.map(({ order, box }) => ({ value: box.id, label: `${box.number} · ${order.bill_no}` }))}
            />
          )}
          {container.data && (
            <p className="row-tight booking-box">
              <StatusTag status={container.data.status} text={container.data.status_text} />
              {container.data.customs !== "released" && <span className="damage">{t("rooms.booking.notReleased")}</span>}
            </p>
          )}
        </section>
        <section className="panel" aria-labelledby="step-slot">
          <h2 id="step-slot">
            <span className="step-number">2</span> {t("rooms.booking.chooseSlot")}
          </h2>
          {chosen && container.data ? (
            <SlotGrid terminal={container.data.terminal.id} day={day} chosen={slot} choose={setSlot} setDay={(value) => choose("day", value)} />
          ) : (
            <p className="muted">{t("rooms.booking.boxFirst")}</p>
          )}
        </section>
        <section className="panel" aria-labelledby="step-truck">
          <h2 id="step-truck">
            <span className="step-number">3</span> {t("rooms.booking.truck")}
          </h2>
          <div className="form-grid">
            {named && (
              <Field label={t("rooms.booking.trucker")} pointer="/trucker" hint={t("rooms.booking.truckerHint")}>
                <Select
                  size="large"
                  className="full"
                  aria-label={t("rooms.booking.trucker")}
                  placeholder={t("rooms.booking.ownTruck")}
                  allowClear
                  showSearch={{ optionFilterProp: "label" }}
                  loading={truckers.isPending}
                  value={trucker ?? undefined}
                  onChange={(value: string | undefined) => setTrucker(value ?? null)}
                  options={(truckers.data?.items ?? []).map((org) => ({ value: org.id, label: tx(org.name) }))}
                />
              </Field>
            )}
            <Field label={t("rooms.booking.plate")} required fault={plateFault} pointer="/plate">
              <Input
                size="large"
                aria-label={t("rooms.booking.plate")}
                autoComplete="off"
                value={driver.plate}
                onChange={(event) => setDriver({ ...driver, plate: event.target.value.toUpperCase() })}
              />
            </Field>
            <Field label={t("rooms.booking.driver")} required pointer="/driver_name">
              <Input
                size="large"
                aria-label={t("rooms.booking.driver")}
                autoComplete="name"
                value={driver.name}
                onChange={(event) => setDriver({ ...driver, name: event.target.value })}
              />
            </Field>
            <Field label={t("rooms.booking.phone")} required fault={phoneFault} pointer="/driver_phone" hint={t("rooms.booking.phoneHint")}>
              <Input
                size="large"
                type="tel"
                aria-label={t("rooms.booking.phone")}
                autoComplete="tel"
                value={driver.phone}
                onChange={(event) => setDriver({ ...driver, phone: event.target.value })}
              />
            </Field>
          </div>
        </section>
        {book.error && <ProblemAlert error={book.error} />}
        <Button type="primary" size="large" block disabled={!ready} loading={book.isPending} onClick={() => book.mutate(null)}>
          {t("rooms.booking.send")}
        </Button>
      </div>
    </>
  );
}
