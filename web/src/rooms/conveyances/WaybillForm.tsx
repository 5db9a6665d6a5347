// A waybill for a manifest, with its wagons and boxes one a line.
import { PlusOutlined } from "@ant-design/icons";
import { Input } from "antd";
import { useState } from "react";
import { api, url } from "../../api/client";
import type { Conveyance, Finding } from "../../api/types";
import { useI18n } from "../../i18n";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";

interface Draft {
  number: string;
  origin: string;
  destination: string;
  shipper: string;
  consignee: string;
  uscc: string;
  goods: string;
  hs: string;
  packages: string;
  gross: string;
  units: string;
}

/** `wagon, container, size, seal, packages, mass`, one a line; Chinese commas and tabs part as well. */
function unitsOf(text: string) {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [wagon, container, size_type, seal, packages, gross_kg] = line.split(/[,，\t]/).map((part) => part.trim());
      return { wagon: wagon || null, container: container || null, size_type: size_type || null, seals: seal ? [seal] : [], packages: packages ? Number(packages) : null, gross_kg: gross_kg || null };
    });
}

export function AddWaybill({ of }: { of: Conveyance }) {
  const { t } = useI18n();
  const blank = (): Draft => ({ number: "", origin: of.origin, destination: of.destination, shipper: "", consignee: "", uscc: "", goods: "", hs: "", packages: "", gross: "", units: "" });
  const [draft, setDraft] = useState<Draft>(blank);
  const [told, setTold] = useState<Finding[]>([]);
  const rail = of.mode === "rail";
  const at = (pointer: string) => told.filter((finding) => finding.pointer === `/waybills/0/${pointer}`);
  const text = (name: keyof Draft, label: string, pointer: string, required: boolean) => (
    <Field label={label} required={required} findings={at(pointer)}>
      <Input
        aria-label={label}
        maxLength={512}
        value={draft[name]}
        onChange={(event) => {
          setDraft((before) => ({ ...before, [name]: event.target.value }));
          setTold((before) => before.filter((finding) => finding.pointer !== `/waybills/0/${pointer}`));
        }}
      />
    </Field>
  );
  const body = () => ({
    waybills: [
      {
        number: draft.number,
        origin: draft.origin,
        destination: draft.destination,
        shipper: draft.shipper,
        consignee: draft.consignee,
        consignee_uscc: draft.uscc || null,
        goods: draft.goods,
        hs_code: draft.hs || null,
        packages: Number(draft.packages) || 0,
        gross_kg: draft.gross || "0",
        units: unitsOf(draft.units),
      },
    ],
    complete: false,
  });
  return (
    <ReasonAction
      icon={<PlusOutlined aria-hidden="true" />}
      title={t("rooms.waybill.add")}
      okText={t("rooms.waybill.addOk")}
      success={t("rooms.waybill.added")}
      width={760}
      onOpen={() => {
        setDraft(blank());
        setTold([]);
      }}
      ready={draft.number.trim().length > 0}
      run={async () => {
        // All faults at their fields first; the platform checks once more when it is sent.
        const found = await api.post<{ items: Finding[] }>(url`/conveyances/${of.id}/waybills/check`, body());
        setTold(found.items);
        return api.post<Conveyance>(url`/conveyances/${of.id}/waybills`, body());
      }}
      body={
        <div className="form-grid">
          {text("number", t("rooms.waybill.number"), "number", true)}
          {text("goods", t("rooms.waybill.goods"), "goods", true)}
          {text("origin", t("rooms.conveyance.origin"), "origin", true)}
          {text("destination", t("rooms.conveyance.destination"), "destination", true)}
          {text("shipper", t("rooms.waybill.shipper"), "shipper/name", rail)}
          {text("consignee", t("rooms.waybill.consignee"), "consignee/name", rail)}
          {text("uscc", t("rooms.waybill.uscc"), "consignee/uscc", false)}
          {text("hs", t("rooms.waybill.hs"), "hs_code", false)}
          {text("packages", t("rooms.waybill.packages"), "packages", true)}
          {text("gross", t("rooms.waybill.gross"), "gross_kg", true)}
          <Field label={t("rooms.waybill.units")} hint={t("rooms.waybill.unitsHint")} className="wide" findings={told.filter((finding) => finding.pointer.startsWith("/waybills/0/units"))}>
            <Input.TextArea aria-label={t("rooms.waybill.units")} rows={4} value={draft.units} onChange={(event) => setDraft((before) => ({ ...before, units: event.target.value }))} />
          </Field>
        </div>
      }
    >
      {t("rooms.waybill.add")}
    </ReasonAction>
  );
}
