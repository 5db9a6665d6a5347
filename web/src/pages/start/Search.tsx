// Any number leads to what it names; a single hit is opened at once.
import { useEffect } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { useGet } from "../../api/query";
import type { Page, WorkItem } from "../../api/types";
import { useI18n } from "../../i18n";
import { Loading, PageHeader, ProblemAlert, Worklist } from "../../parts";
import { useWorkColumns, workKey, workPath } from "./columns";
import "./start.css";

export default function Search() {
  const { t } = useI18n();
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const wanted = search.get("q")?.trim() ?? "";
  const first = useGet<Page<WorkItem>>(wanted ? "/search" : null, { q: wanted, limit: 2 });
  const only = first.data?.items.length === 1 ? first.data.items[0] : undefined;
  const path = only ? workPath(only) : null;
  const columns = useWorkColumns();
  useEffect(() => {
    if (path) void navigate(path, { replace: true });
  }, [path, navigate]);
  return (
    <>
      <PageHeader title={t("search.title", { q: wanted })}>{t("search.lead")}</PageHeader>
      {first.error && <ProblemAlert error={first.error} retry={() => void first.refetch()} />}
      {wanted && first.isPending ? (
        <Loading />
      ) : (
        wanted &&
        !path && (
          <Worklist<WorkItem>
            label={t("search.title", { q: wanted })}
            path="/search"
            params={{ q: wanted }}
            columns={columns}
            rowKey={workKey}
            to={workPath}
            overdue={(item) => item.overdue}
            empty={t("search.none", { q: wanted })}
          />
        )
      )}
    </>
  );
}
