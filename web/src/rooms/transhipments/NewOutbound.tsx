// A bill of an outbound ship's pre-loading manifest: the fields of a bill, filled from a transhipment where one is named.
import { Button, Select } from "antd";
import { useMemo, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { api, url } from "../../api/client";
import { useAction, useGet } from "../../api/query";
import type { Call, Finding, Items, OutboundBill, Page, Transhipment } from "../../api/types";
import { useI18n } from "../../i18n";
import { FindingList, jumpToPointer, Loading, PageHeader, ProblemAlert } from "../../parts";
import { emptyBill, emptyContainer, liveFindings, missingFigures, toForm, type DraftBill, type ManifestDraft } from "../manifests/draft";
import { BillEditor } from "../manifests/NewManifest";
import { Field } from "../parts/Field";
import { withAt } from "../parts/pointer";

export default function NewOutbound() {
  const { t } = useI18n();
  const [search] = useSearchParams();
  const id = search.get("transhipment");
  const found = useGet<Transhipment>(id ? url`/transhipments/${id}` : null);
  return (
    <>
      <PageHeader title={t("rooms.outbound.new")} back={{ to: "/outbound-bills", text: t("rooms.outbound.title") }}>
        {t("rooms.outbound.lead")}
      </PageHeader>
      {found.error && <ProblemAlert error={found.error} retry={() => void found.refetch()} />}
      {id && found.isPending ? <Loading /> : <Form of={found.data ?? null} />}
    </>
  );
}

function Form({ of }: { of: Transhipment | null }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const calls = useGet<Page<Call>>("/calls", { limit: 100 });
  const [draft, setDraft] = useState<ManifestDraft>(() => ({ call: of?.outbound.call ?? "", function: "original", bills: [billOf(of)] }));
  const [told, setTold] = useState<Finding[]>([]);
  const live = useMemo(() => liveFindings(draft), [draft]);
  const findings = [...live, ...told.filter((finding) => !live.some((own) => own.pointer === finding.pointer))];
  const set = (pointer: string, value: unknown) => {
    setDraft((before) => withAt(before, pointer, value));
    setTold((before) => before.filter((finding) => finding.pointer !== pointer));
  };
  const send = useAction<null, Items<OutboundBill>>(
    () => {
      const { call, bills } = toForm(draft);
      return api.post("/outbound-bills", { call, bills });
    },
    () => void navigate(of ? url`/transhipments/${of.id}` : "/outbound-bills"),
  );
  const bill = draft.bills[0] ?? emptyBill();
  return (
    <div className="split form-split">
      <div className="stack">
        <section className="panel">
          <div className="form-grid">
            <Field label={t("rooms.transhipment.onwardCall")} required pointer="/call">
              <Select
                aria-label={t("rooms.transhipment.onwardCall")}
                value={draft.call || undefined}
                placeholder={t("rooms.manifest.chooseCall")}
                showSearch={{ optionFilterProp: "label" }}
                onChange={(value: string) => set("/call", value)}
                options={
                  calls.data?.items
                    .filter((each) => ["announced", "arrived"].includes(each.status))
                    .map((each) => ({ value: each.id, label: `${each.ship_name} ${each.voyage_out ?? each.voyage_in} · ${each.id}` })) ?? []
                }
              />
            </Field>
          </div>
        </section>
        <BillEditor base="/bills/0" bill={bill} set={set} findings={findings} />
      </div>
      <div className="panel form-aside">
        <h2>{t("rooms.manifest.review")}</h2>
        <Button
          block
          type="primary"
          disabled={live.length > 0 || !draft.call}
          loading={send.isPending}
          onClick={() => {
            const missing = missingFigures(draft);
            setTold(missing);
            if (missing.length === 0) send.mutate(null, { onError: (problem) => setTold(problem.findings) });
          }}
        >
          {t("rooms.outbound.send")}
        </Button>
        <FindingList findings={findings} onPick={(finding) => jumpToPointer(finding.pointer)} />
        {send.error && send.error.findings.length === 0 && <ProblemAlert error={send.error} />}
      </div>
    </div>
  );
}

/** What a transhipment tells of its box; the rest is typed from the booking. */
function billOf(of: Transhipment | null): DraftBill {
  const bill: DraftBill = { ...emptyBill(of?.next_port), onward_port: null };
  if (!of) return bill;
  return { ...bill, containers: [{ ...emptyContainer(), number: of.number, size_type: of.size_type ?? "", seal: of.seal ?? "", gross_kg: of.gross_kg ?? "" }] };
}
