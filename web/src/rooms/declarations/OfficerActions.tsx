// What an officer may do with a declaration now. Each asks for the words that go on record.
import { Input, Select } from "antd";
import { useState } from "react";
import { api, url } from "../../api/client";
import type { Declaration } from "../../api/types";
import { useI18n } from "../../i18n";
import { allows } from "../parts/allows";
import { Field } from "../parts/Field";
import { ReasonAction } from "../parts/ReasonAction";
import { useCodes } from "../parts/codes";

export function OfficerActions({ declaration }: { declaration: Declaration }) {
  const { t, tx } = useI18n();
  const [words, setWords] = useState("");
  const [codes, setCodes] = useState<string[]>([]);
  const documents = useCodes(allows(declaration.actions, "declaration.request-documents") ? "edoc-code" : null, "", "");
  const path = url`/declarations/${declaration.id}`;
  const start = () => {
    setWords("");
    setCodes([]);
  };
  const text = (label: string, required: boolean) => (
    <Field label={label} required={required}>
      <Input.TextArea aria-label={label} rows={3} value={words} onChange={(event) => setWords(event.target.value)} />
    </Field>
  );
  const given = words.trim() !== "";
  const spare = declaration.decision?.inspect ?? false;
  const may = (action: string) => allows(declaration.actions, action);
  return (
    <>
      {may("declaration.pass-documents") && (
        <ReasonAction
          type="primary"
          title={t("rooms.officer.pass")}
          okText={t("rooms.officer.pass")}
          success={t("rooms.officer.passed")}
          onOpen={start}
          run={() => api.post(`${path}/documents/pass`, { note: words.trim() })}
          body={text(t("rooms.note"), false)}
        >
          {t("rooms.officer.pass")}
        </ReasonAction>
      )}
      {may("declaration.request-documents") && (
        <ReasonAction
          title={t("rooms.officer.request")}
          okText={t("rooms.officer.request")}
          success={t("rooms.officer.requested")}
          onOpen={start}
          ready={codes.length > 0}
          run={() => api.post(`${path}/documents/request`, { codes, note: words.trim() })}
          body={
            <>
              <Field label={t("rooms.decl.documents")} required>
                <Select
                  mode="multiple"
                  aria-label={t("rooms.decl.documents")}
                  value={codes}
                  onChange={setCodes}
                  optionFilterProp="label"
                  options={documents.items.map((code) => ({ value: code.code, label: `${code.code} ${tx(code.name)}` }))}
                />
              </Field>
              {text(t("rooms.note"), false)}
            </>
          }
        >
          {t("rooms.officer.request")}
        </ReasonAction>
      )}
      {may("declaration.override-draw") && (
        <ReasonAction
          title={t(spare ? "rooms.officer.spare" : "rooms.officer.orderInspection")}
          okText={t(spare ? "rooms.officer.spare" : "rooms.officer.orderInspection")}
          success={t(spare ? "rooms.officer.spared" : "rooms.officer.inspectionOrdered")}
          onOpen={start}
          ready={given}
          run={() => api.post(`${path}/draw/override`, { inspect: !spare, reason: words.trim() })}
          body={
            <>
              <p className="muted">{t("rooms.officer.overrideCounted")}</p>
              {text(t("rooms.reason"), true)}
            </>
          }
        >
          {t(spare ? "rooms.officer.spare" : "rooms.officer.orderInspection")}
        </ReasonAction>
      )}
      {may("declaration.lift") && declaration.hold && (
        <ReasonAction
          title={t("rooms.officer.lift")}
          okText={t("rooms.officer.lift")}
          success={t("rooms.officer.lifted")}
          onOpen={start}
          run={() => api.post(`${path}/hold/lift`, { note: words.trim() })}
          body={text(t("rooms.note"), false)}
        >
          {t("rooms.officer.lift")}
        </ReasonAction>
      )}
      {may("declaration.hold") && !declaration.hold && (
        <ReasonAction
          title={t("rooms.officer.hold")}
          okText={t("rooms.officer.hold")}
          success={t("rooms.officer.held")}
          onOpen={start}
          ready={given}
          run={() => api.post(`${path}/hold`, { reason: words.trim() })}
          body={text(t("rooms.reason"), true)}
        >
          {t("rooms.officer.hold")}
        </ReasonAction>
      )}
      {may("declaration.release") && (
        <ReasonAction
          type="primary"
          title={t("rooms.officer.release")}
          okText={t("rooms.officer.release")}
          success={t("rooms.officer.released")}
          onOpen={start}
          run={() => api.post(`${path}/release`, { note: words.trim() })}
          body={text(t("rooms.note"), false)}
        >
          {t("rooms.officer.release")}
        </ReasonAction>
      )}
      {may("declaration.reject") && (
        <ReasonAction
          danger
          title={t("rooms.officer.reject")}
          okText={t("rooms.officer.reject")}
          success={t("rooms.officer.rejected")}
          onOpen={start}
          ready={given}
          run={() => api.post(`${path}/reject`, { reason: words.trim() })}
          body={text(t("rooms.reason"), true)}
        >
          {t("rooms.officer.reject")}
        </ReasonAction>
      )}
    </>
  );
}
