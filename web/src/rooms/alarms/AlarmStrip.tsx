// A line that says how many alarms are open, for start pages and boards; nothing while there is none.
import { Alert } from "antd";
import { Link } from "react-router";
import { useGet } from "../../api/query";
import { useCan } from "../../api/session";
import type { AlarmFigures } from "../../api/types";
import { useI18n } from "../../i18n";

export function AlarmStrip() {
  const { t, number } = useI18n();
  const can = useCan();
  const figures = useGet<AlarmFigures>(can("case-alarm.read") ? "/alarms/figures" : null, undefined, { refetchInterval: 60_000 });
  const data = figures.data;
  if (!data || data.open === 0) return null;
  return (
    <Alert
      className="start-alarms"
      type={data.unseen > 0 ? "warning" : "info"}
      showIcon
      title={t("alarms.strip", { n: number(data.open), unseen: number(data.unseen) })}
      action={<Link to="/alarms">{t("alarms.look")}</Link>}
    />
  );
}
