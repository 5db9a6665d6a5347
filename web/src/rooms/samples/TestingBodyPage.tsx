// One testing body: its scope, its validity, and who decided what about it.
import { useParams } from "react-router";
import { api, url } from "../../api/client";
import { useGet } from "../../api/query";
import type { TestingBody } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, KeyFacts, Loading, PageHeader, ProblemAlert, StatusTag, When } from "../../parts";
import { WithReason } from "./SampleActions";

const STEPS = ["refuse", "suspend", "resume", "withdraw"] as const;

export default function TestingBodyPage() {
  const { id = "" } = useParams();
  const { t, tx } = useI18n();
  const path = url`/testing-bodies/${id}`;
  const body = useGet<TestingBody>(path);
  const data = body.data;
  return (
    <>
      <PageHeader
        title={data ? tx(data.name) : id}
        tab={id}
        eyebrow={t("kind.testing-body")}
        back={{ to: "/testing-bodies", text: t("rooms.body.title") }}
        tags={data && <StatusTag status={data.status} text={data.status_text} />}
      />
      {body.error && <ProblemAlert error={body.error} retry={() => void body.refetch()} />}
      {body.isPending && <Loading />}
      {data && (
        <section className="panel" aria-label={t("kind.testing-body")}>
          <KeyFacts
            facts={[
              { label: t("rooms.body.number"), value: <span className="mono">{data.number}</span> },
              { label: t("rooms.body.prefixes"), value: <span className="mono">{data.hs_prefixes.join(" ")}</span> },
              { label: t("rooms.sampling.items"), value: data.items.map((item) => tx(item.name)).join(t("rooms.listComma")) },
              { label: t("rooms.body.from"), value: data.valid_from },
              {
                label: t("rooms.body.to"),
                value: (
                  <>
                    {data.valid_to} {data.expired && <span className="late-mark">{t("rooms.body.expired")}</span>}
                  </>
                ),
              },
              { label: t("rooms.body.source"), value: data.source, wide: true },
              data.entered_by ? { label: t("rooms.body.enteredBy"), value: <>{tx(data.entered_by.name)} · <When at={data.entered_at} style="short" /></> } : null,
              data.decision ? { label: t("rooms.reason"), value: <>{data.decision.reason} · {tx(data.decision.by.name)} · <When at={data.decision.at} style="short" /></>, wide: true } : null,
            ]}
          />
          <div className="row form-end">
            {data.steps.includes("confirm") && (
              <ActionButton type="primary" success={t("rooms.body.done")} run={() => api.post<TestingBody>(`${path}/decision`, { step: "confirm" })}>
                {t("rooms.body.step.confirm")}
              </ActionButton>
            )}
            {STEPS.filter((step) => data.steps.includes(step)).map((step) => (
              <WithReason key={step} danger={step === "withdraw"} path={`${path}/decision`} body={{ step }} title={t(`rooms.body.step.${step}`)} success={t("rooms.body.done")} />
            ))}
          </div>
        </section>
      )}
    </>
  );
}
