// Plans that a box of a bill goes on by another ship.
import { Alert, Button, Input, Select } from "antd";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { api, url } from "../../api/client";
import { useAction, useGet } from "../../api/query";
import type { Bill, Call, Page, Transhipment } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, PageHeader, ProblemAlert } from "../../parts";
import { CodePicker } from "../parts/CodePicker";
import { Field } from "../parts/Field";

export default function NewTranshipment() {
  const { t } = useI18n();
  const [search, setSearch] = useSearchParams();
  const number = search.get("bill") ?? "";
  const [typed, setTyped] = useState(number);
  const bill = useGet<Bill>(number ? url`/bills/${number}` : null);
  return (
    <>
      <PageHeader title={t("rooms.transhipment.new")} back={{ to: "/transhipments", text: t("rooms.transhipment.title") }}>
        {t("rooms.transhipment.newLead")}
      </PageHeader>
      <section className="panel">
        <div className="form-grid">
          <Field label={t("rooms.transhipment.bill")} required>
            <Input.Search
              aria-label={t("rooms.transhipment.bill")}
              value={typed}
              enterButton={t("rooms.transhipment.loadBill")}
              onChange={(event) => setTyped(event.target.value.toUpperCase())}
              onSearch={(value) => setSearch(value.trim() ? { bill: value.trim().toUpperCase() } : {}, { replace: true })}
            />
          </Field>
        </div>
      </section>
      {bill.error && <ProblemAlert error={bill.error} retry={() => void bill.refetch()} />}
      {number && bill.isPending && <Loading />}
      {bill.data && <Form key={bill.data.number} bill={bill.data} />}
    </>
  );
}

function Form({ bill }: { bill: Bill }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const calls = useGet<Page<Call>>("/calls", { limit: 100 });
  const [box, setBox] = useState(bill.containers_full[0]?.id ?? "");
  const [call, setCall] = useState("");
  const [port, setPort] = useState(bill.ports.onward ?? "");
  const [note, setNote] = useState("");
  const listed = bill.containers_full.find((each) => each.id === box);
  const [told, setTold] = useState<{ size?: string; seal?: string; gross?: string }>({});
  const size = told.size ?? listed?.size_type ?? "";
  const seal = told.seal ?? listed?.seal ?? "";
  const gross = told.gross ?? listed?.gross_kg ?? "";
  const send = useAction<null, Transhipment>(
    () =>
      api.post("/transhipments", {
        container: box,
        onward_call: call,
        next_port: port,
        size_type: size.trim() || null,
        seal: seal.trim() || null,
        gross_kg: gross.trim() || null,
        note: note.trim() || null,
      }),
    (made) => void navigate(url`/transhipments/${made.id}`),
  );
  const input = (label: string, value: string, set: (value: string) => void) => (
    <Field label={label}>
      <Input aria-label={label} value={value} maxLength={64} onChange={(event) => set(event.target.value)} />
    </Field>
  );
  return (
    <section className="panel" aria-label={t("rooms.transhipment.new")}>
      {!bill.ports.onward && <Alert type="warning" showIcon title={t("rooms.transhipment.notMarked")} />}
      <div className="form-grid">
        <Field label={t("rooms.transhipment.box")} required>
          <Select
            aria-label={t("rooms.transhipment.box")}
            value={box || undefined}
            onChange={(value: string) => {
              setBox(value);
              setTold({});
            }}
            options={bill.containers_full.map((each) => ({ value: each.id ?? "", label: `${each.number} · ${each.size_type}` }))}
          />
        </Field>
        <Field label={t("rooms.transhipment.onwardCall")} required>
          <Select
            aria-label={t("rooms.transhipment.onwardCall")}
            value={call || undefined}
            placeholder={t("rooms.manifest.chooseCall")}
            showSearch={{ optionFilterProp: "label" }}
            onChange={setCall}
            options={
              calls.data?.items
                .filter((each) => each.id !== bill.call && ["announced", "arrived"].includes(each.status))
                .map((each) => ({ value: each.id, label: `${each.ship_name} ${each.voyage_out ?? each.voyage_in} · ${each.id}` })) ?? []
            }
          />
        </Field>
        <Field label={t("rooms.transhipment.nextPort")} required>
          <CodePicker table="port" label={t("rooms.transhipment.nextPort")} value={port} onChange={setPort} />
        </Field>
        {input(t("rooms.transhipment.size"), size, (value) => setTold({ ...told, size: value.toUpperCase() }))}
        {input(t("rooms.transhipment.seal"), seal, (value) => setTold({ ...told, seal: value }))}
        {input(t("rooms.transhipment.gross"), gross, (value) => setTold({ ...told, gross: value }))}
        <Field label={t("rooms.transhipment.note")} className="field-wide">
          <Input.TextArea aria-label={t("rooms.transhipment.note")} rows={2} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
        </Field>
      </div>
      {send.error && <ProblemAlert error={send.error} />}
      <p className="row">
        <Button type="primary" disabled={!box || !call || !port} loading={send.isPending} onClick={() => send.mutate(null)}>
          {t("rooms.transhipment.submit")}
        </Button>
      </p>
    </section>
  );
}
