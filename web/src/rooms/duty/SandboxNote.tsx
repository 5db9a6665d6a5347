// Says plainly that the bank is a sandbox.
import { ExperimentOutlined } from "@ant-design/icons";
import { useI18n } from "../../i18n";

export function SandboxNote() {
  const { t } = useI18n();
  return (
    <p className="sandbox-note">
      <ExperimentOutlined aria-hidden="true" /> <strong>{t("rooms.sandbox.label")}</strong> {t("rooms.sandbox.text")}
    </p>
  );
}
