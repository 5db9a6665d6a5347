// What is agreed with a partner and how its channels fare; below it the form of whoever may change something.
import { useState } from "react";
import { Alert } from "antd";
import { api, url } from "../../api/client";
import { useVersioned } from "../../api/query";
import type { Partner, PartnerChannelTest, PushSecretCreated } from "../../api/types";
import { useI18n } from "../../i18n";
import { ActionButton, CopyText, KeyFacts, Loading, PageHeader, ProblemAlert, When } from "../../parts";
import { allows } from "../../rooms/parts/allows";
import { OwnForm } from "./PartnerOwnForm";
import { ProfileForm } from "./PartnerForm";
import { PartnerState } from "./Partners";
import { RouteList } from "./Routes";
import "./partners.css";

interface Props {
  id: string;
  title?: string;
  lead?: string;
  back?: { to: string; text: string };
}

export function PartnerView({ id, title, lead, back }: Props) {
  const { tx } = useI18n();
  const partner = useVersioned<Partner>(url`/partners/${id}`);
  const heading = title ?? (partner.data ? tx(partner.data.data.organisation.name) : id);
  const data = partner.data?.data;
  const etag = partner.data?.etag ?? null;
  const again = () => void partner.refetch();
  return (
    <>
      <PageHeader
        title={heading}
        eyebrow={<span className="mono">{id}</span>}
        back={back}
        tags={data && <PartnerState partner={{ silent_since: data.silent_since, failing: data.status.some((each) => each.failing_since) }} />}
        actions={data && allows(data.actions, "partner.test") && <TestButton id={id} />}
      >
        {lead}
      </PageHeader>
      {partner.error && <ProblemAlert error={partner.error} retry={again} />}
      {!partner.error && !data && <Loading />}
      {data && (
        <div className="partner">
          <Status partner={data} />
          <RouteList path={url`/partners/${id}/routes`} />
          {allows(data.actions, "partner.write") ? (
            <>
              <ProfileForm key={etag} partner={data} etag={etag} saved={again} />
              {data.profile.channels.push !== null && allows(data.actions, "partner.make-secret") && <Secret partner={data} made={again} />}
            </>
          ) : (
            <>
              {allows(data.actions, "partner.write-own") && <OwnForm key={etag} partner={data} etag={etag} saved={again} />}
              <Agreed partner={data} />
            </>
          )}
        </div>
      )}
    </>
  );
}

function TestButton({ id }: { id: string }) {
  const { t } = useI18n();
  const [tried, setTried] = useState<PartnerChannelTest[] | null>(null);
  return (
    <>
      <ActionButton run={() => api.post<{ items: PartnerChannelTest[] }>(url`/partners/${id}/test`)} onDone={(answer) => setTried(answer.items)}>
        {t("partner.test")}
      </ActionButton>
      <div role="status" className="partner-tried">
        {tried?.length === 0 && <Alert type="info" showIcon title={t("partner.testNone")} />}
        {tried?.map((each) => {
          const channel = t(`partner.by.${each.channel}`);
          return (
            <Alert
              key={each.channel}
              type={each.ok ? "success" : "error"}
              showIcon
              title={each.ok ? t("partner.testOk", { channel }) : t("partner.testFault", { channel, fault: each.fault ?? "" })}
            />
          );
        })}
      </div>
    </>
  );
}

function Status({ partner }: { partner: Partner }) {
  const { t, number } = useI18n();
  const counted = (n: number) => (n >= 100 ? t("partner.hundred") : number(n));
  return (
    <section className="panel" aria-label={t("partner.state")}>
      <KeyFacts
        facts={[
          { label: t("partner.lastHeard"), value: partner.last_received_at ? <When at={partner.last_received_at} /> : t("partner.never") },
          partner.silent_since !== null && { label: t("partner.silentSince"), value: <When at={partner.silent_since} /> },
          { label: t("partner.deliverBy"), value: t(`partner.by.${partner.profile.channels.deliver_by}`) },
          { label: t("partner.waiting"), value: counted(partner.backlog.waiting) },
          { label: t("partner.inMailbox"), value: counted(partner.backlog.in_mailbox) },
          { label: t("partner.dead"), value: counted(partner.backlog.dead) },
        ]}
      />
      {partner.status.length === 0 ? (
        <p className="partner-note">{t("partner.noChannels")}</p>
      ) : (
        partner.status.map((each) => (
          <div key={`${each.channel} ${each.direction}`} className="partner-channel">
            <h2>
              {t(`partner.by.${each.channel}`)} · {t(each.direction === "in" ? "partner.direction.in" : "partner.direction.out")}{" "}
              <PartnerState partner={{ failing: each.failing_since !== null, silent_since: null }} />
            </h2>
            <KeyFacts
              facts={[
                { label: t("partner.lastSuccess"), value: <When at={each.last_success_at} /> },
                { label: t("partner.lastFault"), value: <When at={each.last_fault_at} /> },
                { label: t("partner.fault"), value: each.fault, wide: true },
              ]}
            />
          </div>
        ))
      )}
    </section>
  );
}

function Secret({ partner, made }: { partner: Partner; made: () => void }) {
  const { t } = useI18n();
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <section className="panel" aria-label={t("partner.secret")}>
      <h2>{t("partner.secret")}</h2>
      <p>{t(partner.has_push_secret ? "partner.secretThere" : "partner.secretMissing")}</p>
      {secret && <Alert className="problem" type="success" showIcon title={t("partner.secretOnce")} description={<CopyText text={secret} />} />}
      <ActionButton
        {...(partner.has_push_secret ? { confirm: t("partner.secretAsk") } : {})}
        run={() => api.post<PushSecretCreated>(url`/partners/${partner.organisation.id}/push-secret`)}
        onDone={(answer) => {
          setSecret(answer.secret);
          made();
        }}
      >
        {t("partner.secretMake")}
      </ActionButton>
    </section>
  );
}

/** What the administrator agreed, to be read. */
function Agreed({ partner }: { partner: Partner }) {
  const { t, lang } = useI18n();
  const { profile } = partner;
  const comma = lang === "zh" ? "、" : ", ";
  const list = (texts: string[]) => (texts.length > 0 ? texts.join(comma) : t("partner.nothing"));
  return (
    <section className="panel" aria-label={t("partner.agreed")}>
      <h2>{t("partner.agreed")}</h2>
      <KeyFacts
        facts={[
          { label: t("partner.identifiers"), value: <span className="mono">{profile.identifiers.map((each) => [each.id, each.qualifier].filter(Boolean).join(":")).join(" ")}</span> },
          { label: t("partner.phase"), value: t(`partner.phase.${profile.phase}`) },
          { label: t("partner.accepts"), value: profile.accepts.length > 0 ? profile.accepts.map((each) => [each.kind, each.version].filter(Boolean).join(" ")).join(comma) : t("partner.anyMessage") },
          { label: t("partner.charset"), value: profile.charset ? t(`partner.charset.${profile.charset}`) : t("partner.charsetDeclared") },
          { label: t("partner.recordFormat"), value: profile.record_format },
          { label: t("partner.tolerances"), value: list(profile.tolerances.map((each) => t(`partner.tolerance.${each}`))), wide: true },
          { label: t("partner.wants"), value: list(profile.wants.map((each) => t(`partner.wants.${each}`))), wide: true },
          { label: t("partner.writeCharset"), value: profile.writing.charset ? t(`partner.charset.${profile.writing.charset}`) : t("partner.automatic") },
          { label: t("partner.syntaxVersion"), value: profile.writing.syntax_version ?? t("partner.automatic") },
          { label: t("partner.una"), value: t(`partner.una.${profile.writing.una}`) },
          { label: t("partner.lineEnds"), value: t(`partner.lineEnds.${profile.writing.line_ends}`) },
          profile.channels.folder && { label: t("partner.folder"), value: <span className="mono">{profile.channels.folder.name}</span> },
          profile.channels.sftp && { label: t("partner.host"), value: <span className="mono">{`${profile.channels.sftp.user}@${profile.channels.sftp.host}:${String(profile.channels.sftp.port)}`}</span> },
          profile.channels.push && { label: t("partner.url"), value: <span className="mono">{profile.channels.push.url}</span> },
        ]}
      />
    </section>
  );
}
