// Applies for a change of one bill: its fields as they are to be, why, and what shows it.
import { Button, Input, Radio } from "antd";
import { DeleteOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { api, url } from "../../api/client";
import { useAction, useGet } from "../../api/query";
import type { Attachment, Bill, Finding, ManifestChange } from "../../api/types";
import { useI18n } from "../../i18n";
import { FindingList, Loading, PageHeader, ProblemAlert, Upload } from "../../parts";
import { controlStatus, Field } from "../parts/Field";
import { textAt, withAt } from "../parts/pointer";

const BYTES_MAX = 10 * 1024 * 1024;

interface Piece {
  name: string;
  sha256: string;
}

/** The bill as the form of the platform has it. */
function contentOf(bill: Bill) {
  return {
    number: bill.number,
    carrier: bill.carrier,
    shipper: { name: bill.shipper.name },
    consignee: { name: bill.consignee_full.name, uscc: bill.consignee_full.uscc },
    notify: bill.notify ? { name: bill.notify.name } : null,
    loading_port: bill.ports.loading,
    discharge_port: bill.ports.discharge,
    delivery_place: bill.ports.delivery,
    onward_port: bill.ports.onward,
    containers: bill.containers_full.map(({ number, size_type, seal, gross_kg, packages }) => ({ number, size_type, seal, gross_kg, packages })),
    goods: bill.goods_full.map((goods) => ({ ...goods })),
  };
}
type Content = ReturnType<typeof contentOf>;

export default function NewChange() {
  const [search] = useSearchParams();
  const number = search.get("bill") ?? "";
  const { t } = useI18n();
  const bill = useGet<Bill>(url`/bills/${number}`);
  return (
    <>
      <PageHeader title={t("rooms.change.new")} tab={number} back={{ to: url`/bills/${number}`, text: number }}>
        {t("rooms.change.lead")}
      </PageHeader>
      {bill.error && <ProblemAlert error={bill.error} retry={() => void bill.refetch()} />}
      {bill.isPending && <Loading />}
      {bill.data && <Form bill={bill.data} />}
    </>
  );
}

function Form({ bill }: { bill: Bill }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const [kind, setKind] = useState<"amend" | "delete">("amend");
  const [content, setContent] = useState<Content>(() => contentOf(bill));
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const [evidence, setEvidence] = useState<Piece[]>([]);
  const [told, setTold] = useState<Finding[]>([]);
  const attach = useAction<File, Piece>(
    async (file) => {
      const kept = await api.postRaw<Attachment>("/attachments", file, {
        params: { edoc_code: "", name: file.name },
        contentType: file.type || "application/octet-stream",
      });
      return { name: kept.name, sha256: kept.sha256 };
    },
    (piece) => setEvidence((before) => [...before.filter((known) => known.sha256 !== piece.sha256), piece]),
  );
  const send = useAction<null, ManifestChange>(
    () =>
      api.post("/manifest-changes", {
        bill: bill.number,
        content: kind === "amend" ? content : null,
        reason: reason.trim(),
        note: note.trim() || null,
        evidence,
      }),
    (made) => void navigate(url`/manifest-changes/${made.id}`),
  );
  const field = (pointer: string, label: string) => {
    const own = told.filter((finding) => finding.pointer === pointer);
    return (
      <Field key={pointer} label={label} pointer={pointer} findings={own}>
        <Input
          aria-label={label}
          status={controlStatus(own)}
          value={textAt(content, pointer)}
          onChange={(event) => setContent((before) => withAt(before, pointer, event.target.value) as Content)}
        />
      </Field>
    );
  };
  return (
    <div className="split form-split">
      <div className="stack">
        <section className="panel">
          <h2>{t("rooms.change.what")}</h2>
          <Radio.Group
            aria-label={t("rooms.change.what")}
            value={kind}
            onChange={(event) => setKind(event.target.value as "amend" | "delete")}
            options={[
              { value: "amend", label: t("rooms.change.amend") },
              { value: "delete", label: t("rooms.change.delete") },
            ]}
          />
        </section>
        {kind === "amend" && (
          <>
            <section className="panel fields">
              {field("/shipper/name", t("rooms.bill.shipper"))}
              {field("/consignee/name", t("rooms.bill.consignee"))}
              {field("/consignee/uscc", t("rooms.bill.uscc"))}
              {content.notify && field("/notify/name", t("rooms.bill.notify"))}
              {field("/delivery_place", t("rooms.bill.route"))}
            </section>
            {content.containers.map((box, at) => (
              <section className="panel fields" key={box.number} aria-label={box.number}>
                <h2 className="mono">{box.number}</h2>
                {field(`/containers/${String(at)}/seal`, t("rooms.container.seal"))}
                {field(`/containers/${String(at)}/gross_kg`, t("rooms.bill.gross"))}
              </section>
            ))}
            {content.goods.map((goods, at) => (
              <section className="panel fields" key={at} aria-label={goods.description}>
                <h2>
                  {t("rooms.bill.goods")} {at + 1}
                </h2>
                {field(`/goods/${String(at)}/description`, t("rooms.goods.description"))}
                {field(`/goods/${String(at)}/hs_code`, t("rooms.goods.hs"))}
                {field(`/goods/${String(at)}/gross_kg`, t("rooms.bill.gross"))}
              </section>
            ))}
          </>
        )}
      </div>
      <div className="panel form-aside">
        <Field label={t("rooms.change.reasonCode")} required hint={t("rooms.change.reasonHint")}>
          <Input aria-label={t("rooms.change.reasonCode")} maxLength={3} value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
        <Field label={t("rooms.change.note")}>
          <Input.TextArea aria-label={t("rooms.change.note")} rows={3} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
        </Field>
        <h2>{t("rooms.change.evidence")}</h2>
        <ul>
          {evidence.map((piece) => (
            <li key={piece.sha256}>
              {piece.name}{" "}
              <Button
                size="small"
                type="text"
                icon={<DeleteOutlined aria-hidden="true" />}
                aria-label={`${t("action.cancel")} ${piece.name}`}
                onClick={() => setEvidence((before) => before.filter((known) => known.sha256 !== piece.sha256))}
              />
            </li>
          ))}
        </ul>
        <Upload accept=".pdf,.png,.jpg,.jpeg" bytesMax={BYTES_MAX} busy={attach.isPending} onFiles={(files) => files[0] && attach.mutate(files[0])}>
          {t("rooms.change.attach")}
        </Upload>
        {attach.error && <ProblemAlert error={attach.error} />}
        {told.length > 0 && <FindingList findings={told} />}
        {send.error && told.length === 0 && <ProblemAlert error={send.error} />}
        <Button
          type="primary"
          block
          disabled={reason.trim().length !== 3}
          loading={send.isPending}
          onClick={() => {
            setTold([]);
            send.mutate(null, { onError: (problem) => setTold(problem.findings) });
          }}
        >
          {t("rooms.change.apply")}
        </Button>
      </div>
    </div>
  );
}
