import { Skeleton } from "antd";
import { useI18n } from "../i18n";

/** The place of something that is on its way. */
export function Loading({ rows = 6 }: { rows?: number }) {
  const { t } = useI18n();
  return (
    <div aria-busy="true" role="status">
      <span className="visually-hidden">{t("state.loading")}</span>
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  );
}
