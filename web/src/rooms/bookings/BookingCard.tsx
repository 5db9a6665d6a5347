// What the driver shows at the gate: QR, plate, box, time. Drawn large for a phone held out of a cab window.
import { Input, Modal } from "antd";
import { useState } from "react";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { Booking } from "../../api/types";
import { useI18n } from "../../i18n";
import { KeyFacts, Loading, ObjectLink, ProblemAlert, QrCode, StatusTag, When } from "../../parts";
import { allows } from "../parts/allows";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";

export function BookingCard({ id, close }: { id: string | null; close: () => void }) {
  const { t } = useI18n();
  const found = useGet<Booking>(id ? url`/bookings/${id}` : null);
  const booking = found.data;
  return (
    <Modal
      open={id !== null}
      onCancel={close}
      footer={null}
      width={440}
      title={t("rooms.booking.card")}
      closable={{ "aria-label": t("action.close") }}
      destroyOnHidden
    >
      {found.error && <ProblemAlert error={found.error} />}
      {found.isPending && id && <Loading />}
      {booking && <DriverCard booking={booking} />}
    </Modal>
  );
}

export function DriverCard({ booking }: { booking: Booking }) {
  const { t, tx } = useI18n();
  const [words, setWords] = useState("");
  return (
    <article className="driver-card" aria-label={`${t("rooms.booking.card")} ${booking.id}`}>
      <div className="driver-head">
        <span className="mono">{booking.id}</span>
        <StatusTag status={booking.status} text={booking.status_text} />
      </div>
      <p className="driver-slot">
        <When at={booking.slot_start} style="short" /> – <When at={booking.slot_end} style="clock" />
      </p>
      <p className="driver-plate">{booking.plate}</p>
      <p className="driver-box">
        <ObjectLink type="container" id={booking.container.id}>
          {booking.container.number}
        </ObjectLink>
      </p>
      <QrCode text={`${booking.id} ${booking.container.number} ${booking.plate}`} size={188} label={t("rooms.booking.qr")} />
      <p className="muted">{t("rooms.booking.window")}</p>
      <KeyFacts
        facts={[
          { label: t("rooms.call.terminal"), value: tx(booking.terminal.name) },
          { label: t("rooms.booking.trucker"), value: tx(booking.trucker.name) },
          { label: t("rooms.booking.driver"), value: `${booking.driver_name} ${booking.driver_phone}` },
          { label: t("kind.delivery-order"), value: <ObjectLink type="delivery-order" id={booking.delivery_order} /> },
        ]}
      />
      {allows(booking.actions, "booking.cancel") && (
        <ReasonAction
          danger
          title={t("rooms.booking.cancel")}
          okText={t("rooms.booking.cancel")}
          success={t("rooms.booking.cancelled")}
          onOpen={() => setWords("")}
          ready={words.trim() !== ""}
          run={() => api.post(url`/bookings/${booking.id}/cancel`, { reason: words.trim() })}
          body={
            <Field label={t("rooms.reason")} required>
              <Input aria-label={t("rooms.reason")} value={words} onChange={(event) => setWords(event.target.value)} />
            </Field>
          }
        >
          {t("rooms.booking.cancel")}
        </ReasonAction>
      )}
    </article>
  );
}
