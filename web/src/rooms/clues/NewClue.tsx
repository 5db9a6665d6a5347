// Registers a clue: what it is about, where it comes from, what was heard.
import { Button, Input, Radio, Select } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, url } from "../../api/client";
import { useAction, useGet } from "../../api/query";
import type { Clue, ClueChoices } from "../../api/types";
import { useI18n } from "../../i18n";
import { PageHeader, ProblemAlert } from "../../parts";
import { Field } from "../parts/Field";
import { ABOUT, SEVERITIES, SOURCES } from "./codes";

const COUNTY = /^(\d{6})?$/;

export default function NewClue() {
  const { t, tx, number } = useI18n();
  const navigate = useNavigate();
  const choices = useGet<ClueChoices>("/clues/choices");
  const [about, setAbout] = useState<(typeof ABOUT)[number]>("enterprise");
  const [value, setValue] = useState("");
  const [source, setSource] = useState<(typeof SOURCES)[number]>("public-report");
  const [severity, setSeverity] = useState<(typeof SEVERITIES)[number]>("medium");
  const [county, setCounty] = useState("");
  const [place, setPlace] = useState("");
  const [retention, setRetention] = useState<string>();
  const [text, setText] = useState("");
  const send = useAction<null, Clue>(
    () =>
      api.post("/clues", {
        about,
        value: value.trim(),
        source,
        severity,
        place: { county: county.trim() || null, name: place.trim() },
        retention: retention ?? null,
        text: text.trim(),
      }),
    (made) => void navigate(url`/clues/${made.id}`),
  );
  const named = t(`rooms.clues.value.${about}`);
  const periods = choices.data?.retention ?? [];
  return (
    <>
      <PageHeader title={t("rooms.clues.new")} back={{ to: "/clues", text: t("rooms.clues.title") }}>
        {t("rooms.clues.lead")}
      </PageHeader>
      {choices.error && <ProblemAlert error={choices.error} />}
      <section className="panel" aria-label={t("rooms.clues.new")}>
        <div className="form-grid">
          <Field label={t("rooms.clues.about")} required className="field-wide">
            <Radio.Group
              value={about}
              onChange={(event) => {
                setAbout(event.target.value as typeof about);
                setValue("");
              }}
              options={ABOUT.map((each) => ({ value: each, label: t(`rooms.clues.about.${each}`) }))}
            />
          </Field>
          <Field label={named} required>
            <Input aria-label={named} value={value} maxLength={64} onChange={(event) => setValue(event.target.value.toUpperCase())} />
          </Field>
          <Field label={t("rooms.clues.source")} required>
            <Select
              aria-label={t("rooms.clues.source")}
              value={source}
              onChange={setSource}
              options={SOURCES.map((each) => ({ value: each, label: t(`rooms.clues.source.${each}`) }))}
            />
          </Field>
          <Field label={t("rooms.clues.severity")} required className="field-wide">
            <Radio.Group
              value={severity}
              onChange={(event) => setSeverity(event.target.value as typeof severity)}
              options={SEVERITIES.map((each) => ({ value: each, label: t(`rooms.clues.severity.${each}`) }))}
            />
          </Field>
          <Field label={t("rooms.clues.county")} hint={COUNTY.test(county.trim()) ? undefined : t("rooms.clues.countyBad")}>
            <Input
              aria-label={t("rooms.clues.county")}
              inputMode="numeric"
              value={county}
              maxLength={6}
              status={COUNTY.test(county.trim()) ? undefined : "error"}
              onChange={(event) => setCounty(event.target.value)}
            />
          </Field>
          <Field label={t("rooms.clues.place")}>
            <Input aria-label={t("rooms.clues.place")} value={place} maxLength={60} onChange={(event) => setPlace(event.target.value)} />
          </Field>
          <Field label={t("rooms.clues.retention")} required hint={t("rooms.clues.retentionHint")} className="field-wide">
            <Select
              aria-label={t("rooms.clues.retention")}
              value={retention ?? periods[0]?.label}
              loading={choices.isPending}
              onChange={(chosen: string) => setRetention(chosen)}
              options={periods.map((one) => ({ value: one.label, label: t("rooms.clues.days", { name: tx(one.name), n: number(one.days ?? 0) }) }))}
            />
          </Field>
          <Field label={t("rooms.clues.text")} required hint={t("rooms.clues.textHint")} className="field-wide">
            <Input.TextArea aria-label={t("rooms.clues.text")} rows={6} maxLength={4000} showCount value={text} onChange={(event) => setText(event.target.value)} />
          </Field>
        </div>
        {send.error && <ProblemAlert error={send.error} />}
        <p className="row form-end">
          <Button
            type="primary"
            disabled={value.trim() === "" || text.trim().length < 2 || !COUNTY.test(county.trim())}
            loading={send.isPending}
            onClick={() => send.mutate(null)}
          >
            {t("rooms.clues.new")}
          </Button>
        </p>
      </section>
    </>
  );
}
