// The whole profile of a partner, as the administrator writes it.
import { App, Button, Checkbox, Form, Input, InputNumber, Select, Switch, type FormInstance } from "antd";
import { useState } from "react";
import { api, url, type Problem } from "../../api/client";
import { useAction } from "../../api/query";
import type { Partner } from "../../api/types";
import { useI18n } from "../../i18n";
import { ProblemAlert } from "../../parts";
import { OwnFields } from "./PartnerOwnForm";

const CHARSETS = ["unoa", "unob", "unoc", "utf8", "gb18030"] as const;
const TOLERANCES = [
  "unt-count", "unz-count", "trailer-reference", "repeated-reference", "lower-case", "charset-mismatch", "control-characters", "missing-unb", "data-around", "service-surplus",
  "unknown-code", "segment-structure", "foreign-sender",
] as const;
const WANTS = ["release", "hold", "delivery-order", "discharge-order", "loading-order", "status"] as const;
const WAYS = ["mailbox", "folder", "sftp", "push"] as const;
const SFTP_PORT = 22;
const ANSWER_MINUTES_MAX = 10_080;

type Profile = Partner["profile"];
type Sftp = NonNullable<Profile["channels"]["sftp"]>;

/** The profile as the form holds it: message types as words, channels that are left empty as nothing. */
interface Values extends Omit<Profile, "accepts" | "channels"> {
  accepts: string[];
  channels: { folder: { name?: string; receive?: boolean }; sftp: Partial<Sftp>; push: { url?: string }; deliver_by: Profile["channels"]["deliver_by"] };
}

function toValues({ accepts, channels, ...rest }: Profile): Values {
  return {
    ...rest,
    accepts: accepts.map((each) => [each.kind, each.version].filter(Boolean).join(" ")),
    channels: { folder: channels.folder ?? { receive: true }, sftp: channels.sftp ?? { port: SFTP_PORT }, push: channels.push ?? {}, deliver_by: channels.deliver_by },
  };
}

const filled = (text: string | null | undefined) => text?.trim() || null;

function toBody({ accepts, channels, ...rest }: Values): Profile {
  const { folder, sftp, push } = channels;
  return {
    ...rest,
    charset: rest.charset ?? null,
    writing: { ...rest.writing, charset: rest.writing.charset ?? null, syntax_version: rest.writing.syntax_version ?? null },
    record_format: filled(rest.record_format),
    silence_hours: rest.silence_hours ?? null,
    answer_minutes: rest.answer_minutes ?? null,
    identifiers: rest.identifiers.map((each) => ({ id: each.id, qualifier: filled(each.qualifier) })),
    accepts: accepts.map((each) => {
      const [kind = "", version] = each.trim().toUpperCase().split(/\s+/);
      return { kind, version: version ?? null };
    }),
    channels: {
      folder: folder.name ? { name: folder.name.trim(), receive: folder.receive ?? false } : null,
      sftp: sftp.host
        ? { host: sftp.host.trim(), port: sftp.port ?? SFTP_PORT, user: sftp.user ?? "", key: sftp.key ?? "", fetch_from: filled(sftp.fetch_from), deliver_to: filled(sftp.deliver_to) }
        : null,
      push: push.url ? { url: push.url.trim() } : null,
      deliver_by: channels.deliver_by,
    },
  };
}

interface Props {
  partner: Partner;
  etag: string | null;
  saved: () => void;
}

export function ProfileForm({ partner, etag, saved }: Props) {
  const { t } = useI18n();
  const { message } = App.useApp();
  const [form] = Form.useForm() as [FormInstance<Values>];
  const [problem, setProblem] = useState<Problem | null>(null);
  const action = useAction(
    (values: Values) => api.put<Partner>(url`/partners/${partner.organisation.id}`, toBody(values), { ifMatch: etag ?? "" }),
    () => {
      void message.success(t("partner.saved"));
      saved();
    },
  );
  const submit = (values: Values) => {
    setProblem(null);
    action.mutate(values, { onError: setProblem });
  };
  return (
    <Form form={form} layout="vertical" initialValues={toValues(partner.profile)} onFinish={submit} className="partner">
      <Who />
      <Receiving />
      <Sending />
      <Channels />
      <section className="panel" aria-label={t("partner.contact")}>
        <h2>{t("partner.contact")}</h2>
        <div className="partner-fields">
          <OwnFields />
        </div>
      </section>
      {problem && <ProblemAlert error={problem} />}
      <div className="partner-save">
        <Button type="primary" htmlType="submit" loading={action.isPending}>
          {t("action.save")}
        </Button>
      </div>
    </Form>
  );
}

function Who() {
  const { t } = useI18n();
  return (
    <section className="panel" aria-label={t("partner.identifiers")}>
      <h2>{t("partner.identifiers")}</h2>
      <p className="partner-note">{t("partner.identifiersHint")}</p>
      <Form.List name="identifiers">
        {(rows, { add, remove }) => (
          <>
            {rows.map((row, at) => (
              <div key={row.key} className="partner-row">
                <Form.Item name={[row.name, "id"]} label={t("partner.identifier")} rules={[{ required: true, message: t("admin.required") }]}>
                  <Input maxLength={35} autoComplete="off" />
                </Form.Item>
                <Form.Item name={[row.name, "qualifier"]} label={t("partner.qualifier")}>
                  <Input maxLength={4} autoComplete="off" />
                </Form.Item>
                <Button onClick={() => remove(row.name)} aria-label={t("partner.remove", { name: `${t("partner.identifier")} ${String(at + 1)}` })}>
                  ×
                </Button>
              </div>
            ))}
            <Button onClick={() => add({ id: "", qualifier: null })}>{t("partner.addIdentifier")}</Button>
          </>
        )}
      </Form.List>
      <div className="partner-fields">
        <Form.Item name="phase" label={t("partner.phase")} extra={t("partner.phaseHint")}>
          <Select options={(["production", "test"] as const).map((value) => ({ value, label: t(`partner.phase.${value}`) }))} />
        </Form.Item>
      </div>
    </section>
  );
}

function Receiving() {
  const { t } = useI18n();
  return (
    <section className="panel" aria-label={t("partner.reading")}>
      <h2>{t("partner.reading")}</h2>
      <div className="partner-fields">
        <Form.Item name="accepts" label={t("partner.accepts")} extra={t("partner.acceptsHint")}>
          <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", "，", ";"]} placeholder={t("partner.anyMessage")} />
        </Form.Item>
        <Form.Item name="charset" label={t("partner.charset")}>
          <Select allowClear placeholder={t("partner.charsetDeclared")} options={CHARSETS.map((value) => ({ value, label: t(`partner.charset.${value}`) }))} />
        </Form.Item>
        <Form.Item name="record_format" label={t("partner.recordFormat")} extra={t("partner.recordFormatHint")}>
          <Input maxLength={40} autoComplete="off" />
        </Form.Item>
      </div>
      <Form.Item name="tolerances" label={t("partner.tolerances")} extra={t("partner.tolerancesHint")}>
        <Checkbox.Group className="partner-checks" options={TOLERANCES.map((value) => ({ value, label: t(`partner.tolerance.${value}`) }))} />
      </Form.Item>
    </section>
  );
}

function Sending() {
  const { t } = useI18n();
  return (
    <section className="panel" aria-label={t("partner.writing")}>
      <h2>{t("partner.writing")}</h2>
      <Form.Item name="wants" label={t("partner.wants")}>
        <Checkbox.Group className="partner-checks" options={WANTS.map((value) => ({ value, label: t(`partner.wants.${value}`) }))} />
      </Form.Item>
      <div className="partner-fields">
        <Form.Item name="answer_minutes" label={t("partner.answerMinutes")} extra={t("partner.answerMinutesHint")}>
          <InputNumber min={1} max={ANSWER_MINUTES_MAX} precision={0} placeholder={t("partner.noAnswer")} />
        </Form.Item>
        <Form.Item name={["writing", "charset"]} label={t("partner.writeCharset")}>
          <Select allowClear placeholder={t("partner.automatic")} options={CHARSETS.map((value) => ({ value, label: t(`partner.charset.${value}`) }))} />
        </Form.Item>
        <Form.Item name={["writing", "syntax_version"]} label={t("partner.syntaxVersion")}>
          <Select allowClear placeholder={t("partner.automatic")} options={[1, 2, 3, 4].map((value) => ({ value, label: String(value) }))} />
        </Form.Item>
        <Form.Item name={["writing", "una"]} label={t("partner.una")}>
          <Select options={(["when-needed", "always"] as const).map((value) => ({ value, label: t(`partner.una.${value}`) }))} />
        </Form.Item>
        <Form.Item name={["writing", "line_ends"]} label={t("partner.lineEnds")}>
          <Select options={(["none", "lf", "cr-lf"] as const).map((value) => ({ value, label: t(`partner.lineEnds.${value}`) }))} />
        </Form.Item>
      </div>
    </section>
  );
}

function Channels() {
  const { t } = useI18n();
  const text = (name: string[], label: string, extra?: string, max = 200) => (
    <Form.Item name={["channels", ...name]} label={label} {...(extra ? { extra } : {})}>
      <Input maxLength={max} autoComplete="off" />
    </Form.Item>
  );
  return (
    <section className="panel" aria-label={t("partner.channels")}>
      <h2>{t("partner.channels")}</h2>
      <div className="partner-fields">
        <Form.Item name={["channels", "deliver_by"]} label={t("partner.deliverBy")}>
          <Select options={WAYS.map((value) => ({ value, label: t(`partner.by.${value}`) }))} />
        </Form.Item>
      </div>
      <h3>{t("partner.folder")}</h3>
      <div className="partner-fields">
        {text(["folder", "name"], t("partner.folderName"), t("partner.folderHint"), 40)}
        <Form.Item name={["channels", "folder", "receive"]} label={t("partner.folderReceive")} valuePropName="checked">
          <Switch />
        </Form.Item>
      </div>
      <h3>{t("partner.by.sftp")}</h3>
      <div className="partner-fields">
        {text(["sftp", "host"], t("partner.host"), t("partner.hostHint"), 64)}
        <Form.Item name={["channels", "sftp", "port"]} label={t("partner.port")}>
          <InputNumber min={1} max={65_535} precision={0} />
        </Form.Item>
        {text(["sftp", "user"], t("partner.user"), undefined, 64)}
        {text(["sftp", "key"], t("partner.key"), undefined, 40)}
        {text(["sftp", "fetch_from"], t("partner.fetchFrom"))}
        {text(["sftp", "deliver_to"], t("partner.deliverTo"))}
      </div>
      <h3>{t("partner.by.push")}</h3>
      <div className="partner-fields">{text(["push", "url"], t("partner.url"), t("partner.hostHint"), 500)}</div>
    </section>
  );
}
