// The gate lane (闸口): plate and box in, a large answer out, without touching the mouse. Enter decides, Escape starts over.
import { ArrowDownOutlined, ArrowUpOutlined, CheckOutlined, CloseOutlined } from "@ant-design/icons";
import { Button, Input, Segmented, type InputRef } from "antd";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { Link } from "react-router";
import { api, url } from "../../api/client";
import { useAction, useGet } from "../../api/query";
import type { Booking, Damage, GateRequest, GateTransaction, Page } from "../../api/types";
import { useI18n } from "../../i18n";
import { ObjectLink, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { containerNumberFault } from "../checkdigits";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { ConditionPicker } from "./ConditionPicker";
import { PhotoPicker, type Photo } from "./Photos";

const LANE_STORAGE = "fairway.gate.lane";
const EXPECTED_SHOWN = 12;

function keptLane(): string {
  try {
    return localStorage.getItem(LANE_STORAGE) ?? "1";
  } catch {
    return "1";
  }
}

export default function Gate() {
  const { t } = useI18n();
  const [direction, setDirection] = useState<"in" | "out">("in");
  const [lane, setLane] = useState(keptLane);
  const [plate, setPlate] = useState("");
  const [container, setContainer] = useState("");
  const [seal, setSeal] = useState("");
  const [damages, setDamages] = useState<Damage[]>([]);
  const [photos, setPhotos] = useState<Photo[]>([]);
  const first = useRef<InputRef>(null);
  const decide = useAction<GateRequest, GateTransaction>((request) => api.post<GateTransaction>("/gate/decisions", request));
  const number = container.replace(/[\s-]/g, "");
  const fault = number.length >= 11 ? containerNumberFault(number) : null;
  const faultText = fault ? (fault.kind === "form" ? t("rooms.fault.containerForm") : t("rooms.fault.checkDigit", { expected: fault.expected })) : null;
  const restart = () => {
    decide.reset();
    setPlate("");
    setContainer("");
    setSeal("");
    setDamages([]);
    setPhotos([]);
    first.current?.focus();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!plate.trim() || !number || decide.isPending) return;
    decide.mutate({
      direction,
      lane: lane.trim() || "1",
      plate: plate.trim().toUpperCase(),
      container: number,
      seal: seal.trim() || null,
      ...(direction === "out" ? { damages, photos: photos.map((photo) => photo.sha256) } : {}),
    });
  };
  useEffect(() => {
    first.current?.focus();
  }, [direction]);
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !document.querySelector(".ant-modal-wrap")) restart();
      if (event.key === "F2" || event.key === "F3") {
        event.preventDefault();
        decide.reset();
        setDirection(event.key === "F2" ? "in" : "out");
      }
    };
    window.addEventListener("keydown", keys);
    return () => window.removeEventListener("keydown", keys);
  });
  const pick = (booking: Booking) => {
    decide.reset();
    setPlate(booking.plate);
    setContainer(booking.container.number);
    setDirection(booking.status === "gated-in" ? "out" : "in");
  };
  return (
    <>
      <PageHeader title={t("rooms.gate.title")}>{t("rooms.gate.keys")}</PageHeader>
      <div className="gate">
        <form className="panel gate-form" onSubmit={submit} aria-label={t("rooms.gate.title")}>
          <Segmented<"in" | "out">
            block
            size="large"
            aria-label={t("rooms.gate.direction")}
            value={direction}
            onChange={(value) => {
              decide.reset();
              setDirection(value);
            }}
            options={[
              { value: "in", label: t("rooms.gate.in"), icon: <ArrowDownOutlined aria-hidden="true" /> },
              { value: "out", label: t("rooms.gate.out"), icon: <ArrowUpOutlined aria-hidden="true" /> },
            ]}
          />
          <div className="gate-fields">
            <Field label={t("rooms.gate.lane")}>
              <Input
                size="large"
                aria-label={t("rooms.gate.lane")}
                value={lane}
                onChange={(event) => {
                  setLane(event.target.value);
                  try {
                    localStorage.setItem(LANE_STORAGE, event.target.value);
                  } catch {
                    // The lane is then asked again next time.
                  }
                }}
              />
            </Field>
            <Field label={t("rooms.booking.plate")} className="gate-plate">
              <Input
                ref={first}
                size="large"
                aria-label={t("rooms.booking.plate")}
                autoComplete="off"
                value={plate}
                onChange={(event) => setPlate(event.target.value.toUpperCase())}
              />
            </Field>
            <Field label={t("rooms.container.number")} className="gate-box" fault={faultText}>
              <Input
                size="large"
                aria-label={t("rooms.container.number")}
                autoComplete="off"
                maxLength={14}
                status={fault ? "error" : undefined}
                value={container}
                onChange={(event) => setContainer(event.target.value.toUpperCase())}
              />
            </Field>
            {direction === "out" && (
              <Field label={t("rooms.container.seal")}>
                <Input
                  size="large"
                  aria-label={t("rooms.container.seal")}
                  autoComplete="off"
                  value={seal}
                  onChange={(event) => setSeal(event.target.value.toUpperCase())}
                />
              </Field>
            )}
          </div>
          {direction === "out" && <ConditionPicker damages={damages} change={setDamages} />}
          {direction === "out" && <PhotoPicker photos={photos} change={setPhotos} />}
          <div className="gate-buttons">
            <Button type="primary" size="large" htmlType="submit" loading={decide.isPending} disabled={!plate.trim() || !number}>
              {t("rooms.gate.decide")} <kbd aria-hidden="true">Enter</kbd>
            </Button>
            <Button size="large" onClick={restart}>
              {t("rooms.gate.next")} <kbd aria-hidden="true">Esc</kbd>
            </Button>
          </div>
        </form>
        <div className="gate-answer" aria-live="assertive">
          {decide.error && <ProblemAlert error={decide.error} />}
          {decide.data ? <Answer transaction={decide.data} /> : !decide.error && <p className="gate-waiting">{t("rooms.gate.waiting")}</p>}
        </div>
      </div>
      <Expected pick={pick} />
    </>
  );
}

function Answer({ transaction }: { transaction: GateTransaction }) {
  const { t, tx } = useI18n();
  const passed = transaction.outcome === "passed";
  return (
    <section className={passed ? "gate-decision gate-pass" : "gate-decision gate-refuse"} data-outcome={transaction.outcome}>
      <p className="gate-word">
        {passed ? <CheckOutlined aria-hidden="true" /> : <CloseOutlined aria-hidden="true" />} {passed ? t("rooms.gate.passed") : t("rooms.gate.refused")}
      </p>
      <p className="gate-what">
        <span>{transaction.plate}</span> <span>{transaction.container}</span>
      </p>
      {transaction.reasons.length > 0 && (
        <ul className="gate-reasons">
          {transaction.reasons.map((reason) => (
            <li key={reason.code}>
              <strong>{tx(reason.text)}</strong>
              <span>{tx(reason.hint)}</span>
            </li>
          ))}
        </ul>
      )}
      <ul className="gate-checks" aria-label={t("rooms.gate.checks")}>
        {transaction.checks.map((check) => (
          <li key={check.code} className={check.ok ? "check-ok" : "check-bad"}>
            <span className="check-mark">{check.ok ? <CheckOutlined aria-label={t("state.yes")} /> : <CloseOutlined aria-label={t("state.no")} />}</span>
            <span className="check-name">{tx(check.name)}</span>
            <span className="check-detail">{tx(check.detail)}</span>
          </li>
        ))}
      </ul>
      <p className="gate-foot">
        <Link to={url`/gate/transactions?q=${transaction.id}`} className="mono">
          {transaction.id}
        </Link>{" "}
        <When at={transaction.at} style="second" />
        {transaction.eir && (
          <ObjectLink type="eir" id={transaction.eir}>
            {t("rooms.gate.openEir")} {transaction.eir}
          </ObjectLink>
        )}
      </p>
    </section>
  );
}

function Expected({ pick }: { pick: (booking: Booking) => void }) {
  const { t } = useI18n();
  const clock = usePortClock();
  const expected = useGet<Page<Booking>>("/gate/expected", { day: clock.today() });
  const open = (expected.data?.items ?? []).filter((booking) => booking.status === "booked" || booking.status === "gated-in");
  return (
    <section className="panel" aria-labelledby="expected">
      <h2 id="expected">
        {t("rooms.gate.expected")} · {open.length}
      </h2>
      {expected.error && <ProblemAlert error={expected.error} />}
      {open.length === 0 ? (
        <p className="muted">{t("rooms.gate.nobody")}</p>
      ) : (
        <ul className="expected-list">
          {open.slice(0, EXPECTED_SHOWN).map((booking) => (
            <li key={booking.id}>
              <button type="button" onClick={() => pick(booking)}>
                <span className="mono">{clock.hour(booking.slot_start)}</span>
                <strong>{booking.plate}</strong>
                <span className="mono">{booking.container.number}</span>
                <StatusTag status={booking.status} text={booking.status_text} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
