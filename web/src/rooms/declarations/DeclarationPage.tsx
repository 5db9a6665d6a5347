// One declaration: the form while it is a draft, the case once it has been sent.
import { useParams } from "react-router";
import { url } from "../../api/client";
import { useGet, useVersioned } from "../../api/query";
import type { Declaration } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, PageHeader, ProblemAlert } from "../../parts";
import { allows } from "../parts/allows";
import { DeclarationView } from "./DeclarationView";
import { DraftForm } from "./DraftForm";

export default function DeclarationPage() {
  const { id = "" } = useParams();
  const { t } = useI18n();
  const path = url`/declarations/${id}`;
  const declaration = useGet<Declaration>(path);
  const data = declaration.data;
  const editable = (data?.status === "draft" || data?.status === "rejected") && allows(data.actions, "declaration.edit");
  const versioned = useVersioned<Declaration>(editable ? path : null);
  if (data && !editable) return <DeclarationView declaration={data} />;
  if (data && versioned.data) return <DraftForm key={id} path={path} answer={versioned.data} />;
  const error = declaration.error ?? versioned.error;
  return (
    <>
      <PageHeader
        title={<span className="mono">{id}</span>}
        tab={id}
        eyebrow={t("kind.declaration")}
        back={{ to: "/declarations", text: t("rooms.decl.title") }}
      />
      {error ? <ProblemAlert error={error} retry={() => void declaration.refetch()} /> : <Loading rows={12} />}
    </>
  );
}
