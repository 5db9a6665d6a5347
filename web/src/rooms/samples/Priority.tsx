import { useI18n } from "../../i18n";

/** Whether a sample goes by through-train (取样直通车). */
export function Priority({ throughTrain }: { throughTrain: boolean }) {
  const { t } = useI18n();
  return throughTrain ? <span className="mark">{t("rooms.sampling.throughTrain")}</span> : <span className="muted">{t("rooms.sample.ordinary")}</span>;
}
