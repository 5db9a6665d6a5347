// Documents handed in after the declaration, on customs' request or before it is asked.
import { useState } from "react";
import { api } from "../../api/client";
import { useAction } from "../../api/query";
import type { Declaration, DeclarationDocument } from "../../api/types";
import { useI18n } from "../../i18n";
import { ProblemAlert, Upload } from "../../parts";
import { CodePicker } from "../parts/CodePicker";
import { Field } from "../parts/Field";
import { useAttach } from "./DocumentsEditor";

const BYTES_MAX = 4 * 1024 * 1024;

export function MoreDocuments({ declaration, path }: { declaration: Declaration; path: string }) {
  const { t } = useI18n();
  const [code, setCode] = useState(declaration.decision?.documents[0]?.code ?? "00000002");
  const add = useAction<DeclarationDocument, Declaration>((line) => api.post<Declaration>(`${path}/documents`, line));
  const attach = useAttach((line) => add.mutate(line));
  return (
    <section className="panel" aria-labelledby="more-documents">
      <h2 id="more-documents">{t("rooms.decl.handIn")}</h2>
      <div className="attach-row">
        <Field label={t("rooms.decl.documentKind")}>
          <CodePicker table="edoc-code" label={t("rooms.decl.documentKind")} value={code} onChange={setCode} />
        </Field>
        <Upload
          accept=".pdf,.png,.jpg,.jpeg,.xml,.txt"
          bytesMax={BYTES_MAX}
          busy={attach.isPending || add.isPending}
          onFiles={([file]) => file && code && attach.mutate({ file, code })}
        >
          {t("rooms.decl.attach")}
        </Upload>
      </div>
      {add.isSuccess && (
        <p role="status" className="told-good">
          {t("rooms.decl.handedIn")}
        </p>
      )}
      <ProblemAlert error={attach.error ?? add.error} />
    </section>
  );
}
