// A new version of the priority rule: classes in their order, beginning from the version in force.
import { Button, Checkbox, Input, Select } from "antd";
import { useRef, useState } from "react";
import { api } from "../../api/client";
import { useAction } from "../../api/query";
import type { PriorityClass, SiteRule } from "../../api/types";
import { useI18n } from "../../i18n";
import { ProblemAlert } from "../../parts";
import { Field } from "../parts/Field";
import { usePortClock } from "../parts/porttime";
import { gradeName, GRADES } from "./grades";

const CLASSES_MAX = 10;

interface Draft {
  key: number;
  id: string;
  zh: string;
  en: string;
  prefixes: string;
  grades: string[];
  onArrival: boolean;
}

const split = (text: string) => text.split(/[\s,，、]+/).filter(Boolean);

export function NewVersion({ from }: { from: PriorityClass[] }) {
  const { t, number } = useI18n();
  const clock = usePortClock();
  const next = useRef(from.length);
  const [classes, setClasses] = useState<Draft[]>(() =>
    from.map((one, key) => ({ key, id: one.id, zh: one.name.zh, en: one.name.en, prefixes: (one.hs_prefixes ?? []).join(" "), grades: one.grades ?? [], onArrival: one.on_arrival })),
  );
  const [validFrom, setValidFrom] = useState(() => clock.toLocal(new Date()));
  const [note, setNote] = useState("");
  const instant = clock.toInstant(validFrom);
  const send = useAction<null, SiteRule>(() =>
    api.post("/inspection-site/rule/versions", {
      classes: classes.map((one) => ({ id: one.id.trim(), name: { zh: one.zh, en: one.en }, hs_prefixes: split(one.prefixes), grades: one.grades, on_arrival: one.onArrival })),
      valid_from: instant,
      note: note.trim(),
    }),
  );
  const change = (key: number, part: Partial<Draft>) => setClasses((before) => before.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const up = (index: number) =>
    setClasses((before) => {
      const moved = before[index];
      return moved ? [...before.slice(0, index - 1), moved, ...before.slice(index - 1).filter((one) => one.key !== moved.key)] : before;
    });
  const add = () => {
    next.current += 1;
    const key = next.current;
    setClasses((before) => [...before, { key, id: "", zh: "", en: "", prefixes: "", grades: [], onArrival: true }]);
  };
  return (
    <section className="panel" aria-labelledby="new-version">
      <h2 id="new-version">{t("rooms.site.propose")}</h2>
      {classes.map((one, index) => {
        const n = number(index + 1);
        const named = (what: string) => `${t("rooms.site.classN", { n })} · ${what}`;
        return (
          <fieldset className="site-class" key={one.key}>
            <legend>{t("rooms.site.classN", { n })}</legend>
            <div className="form-grid">
              <Field label={t("rooms.site.classId")} required>
                <Input aria-label={named(t("rooms.site.classId"))} className="mono" maxLength={30} value={one.id} onChange={(event) => change(one.key, { id: event.target.value.toLowerCase() })} />
              </Field>
              <Field label={t("rooms.site.nameZh")} required>
                <Input aria-label={named(t("rooms.site.nameZh"))} maxLength={60} value={one.zh} onChange={(event) => change(one.key, { zh: event.target.value })} />
              </Field>
              <Field label={t("rooms.site.nameEn")} required>
                <Input aria-label={named(t("rooms.site.nameEn"))} maxLength={60} value={one.en} onChange={(event) => change(one.key, { en: event.target.value })} />
              </Field>
              <Field label={t("rooms.site.prefixes")} hint={t("rooms.site.prefixesHint")}>
                <Input aria-label={named(t("rooms.site.prefixes"))} className="mono" maxLength={2200} value={one.prefixes} onChange={(event) => change(one.key, { prefixes: event.target.value })} />
              </Field>
              <Field label={t("rooms.site.grades")}>
                <Select
                  mode="multiple"
                  aria-label={named(t("rooms.site.grades"))}
                  value={one.grades}
                  onChange={(grades: string[]) => change(one.key, { grades })}
                  options={GRADES.map((grade) => ({ value: grade, label: gradeName(grade, t) }))}
                />
              </Field>
              <div className="field">
                <Checkbox checked={one.onArrival} onChange={(event) => change(one.key, { onArrival: event.target.checked })}>
                  {t("rooms.site.onArrival")}
                </Checkbox>
              </div>
            </div>
            <p className="row form-end">
              <Button size="small" disabled={index === 0} aria-label={t("rooms.site.upClass", { n })} onClick={() => up(index)}>
                ↑
              </Button>
              <Button size="small" aria-label={t("rooms.site.removeClass", { n })} onClick={() => setClasses((before) => before.filter((other) => other.key !== one.key))}>
                ×
              </Button>
            </p>
          </fieldset>
        );
      })}
      <p>
        <Button disabled={classes.length >= CLASSES_MAX} onClick={add}>
          {t("rooms.site.addClass")}
        </Button>
      </p>
      <div className="form-grid">
        <Field label={t("rooms.site.validFrom")} required hint={t("rooms.portTime")}>
          <Input type="datetime-local" aria-label={t("rooms.site.validFrom")} value={validFrom} onChange={(event) => setValidFrom(event.target.value)} />
        </Field>
        <Field label={t("rooms.site.note")} className="field-wide">
          <Input.TextArea aria-label={t("rooms.site.note")} rows={2} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
        </Field>
      </div>
      {send.error && <ProblemAlert error={send.error} />}
      <p className="row form-end">
        <Button type="primary" loading={send.isPending} disabled={!instant} onClick={() => send.mutate(null)}>
          {t("rooms.site.propose")}
        </Button>
      </p>
    </section>
  );
}
