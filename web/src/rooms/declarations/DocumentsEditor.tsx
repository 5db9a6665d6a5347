// Attached documents (随附单据): kept by their fingerprint, named by their kind.
import { DeleteOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { api, fileUrl, url } from "../../api/client";
import { useAction } from "../../api/query";
import type { Attachment, DeclarationDocument, DeclarationForm, Finding } from "../../api/types";
import { useI18n } from "../../i18n";
import { ProblemAlert, Upload } from "../../parts";
import { CodeName, CodePicker } from "../parts/CodePicker";
import { Field } from "../parts/Field";

const BYTES_MAX = 4 * 1024 * 1024;

/** Sends a file and gives back the line that a declaration carries for it. */
export function useAttach(done: (line: DeclarationDocument) => void) {
  return useAction<{ file: File; code: string }, DeclarationDocument>(
    async ({ file, code }) => {
      const kept = await api.postRaw<Attachment>("/attachments", file, {
        params: { edoc_code: code, name: file.name },
        contentType: file.type || "application/octet-stream",
      });
      return { edoc_code: code, name: kept.name, sha256: kept.sha256, size: kept.size };
    },
    (line) => done(line),
  );
}

export function DocumentList({
  documents,
  declaration,
  remove,
}: {
  documents: readonly DeclarationDocument[];
  declaration?: string;
  remove?: (at: number) => void;
}) {
  const { t, number } = useI18n();
  if (documents.length === 0) return <p className="muted">{t("rooms.decl.noDocuments")}</p>;
  return (
    <ul className="object-list">
      {documents.map((document, at) => (
        <li key={`${document.sha256} ${String(at)}`} data-pointer={`/documents/${String(at)}`}>
          <CodeName table="edoc-code" code={document.edoc_code} />{" "}
          <a href={fileUrl(url`/attachments/${document.sha256}`, { declaration })} download={document.name}>
            {document.name}
          </a>{" "}
          <span className="muted">{t("rooms.bytes", { n: number(Number(document.size)) })}</span>
          {remove && (
            <Button
              type="text"
              size="small"
              icon={<DeleteOutlined aria-hidden="true" />}
              aria-label={t("rooms.removeRow", { n: at + 1 })}
              onClick={() => remove(at)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

export function DocumentsEditor({ form, set, findings }: { form: DeclarationForm; set: (pointer: string, value: unknown) => void; findings: Finding[] }) {
  const { t } = useI18n();
  const [code, setCode] = useState("00000001");
  const attach = useAttach((line) => set("/documents", [...form.documents, line]));
  const own = findings.filter((finding) => finding.pointer === "/documents");
  return (
    <section className="panel" data-pointer="/documents" aria-labelledby="section-documents">
      <h2 id="section-documents">
        {t("rooms.decl.documents")} · {form.documents.length}
      </h2>
      <DocumentList
        documents={form.documents}
        remove={(at) =>
          set(
            "/documents",
            form.documents.filter((_, other) => other !== at),
          )
        }
      />
      <div className="attach-row">
        <Field label={t("rooms.decl.documentKind")} findings={own}>
          <CodePicker table="edoc-code" label={t("rooms.decl.documentKind")} value={code} onChange={setCode} />
        </Field>
        <Upload
          accept=".pdf,.png,.jpg,.jpeg,.xml,.txt"
          bytesMax={BYTES_MAX}
          busy={attach.isPending}
          onFiles={([file]) => file && code && attach.mutate({ file, code })}
        >
          {t("rooms.decl.attach")}
        </Upload>
      </div>
      {attach.error && <ProblemAlert error={attach.error} />}
    </section>
  );
}
