import { PrinterOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useI18n } from "../i18n";

/** Prints the page; the style sheet leaves navigation and buttons out. */
export function PrintButton() {
  const { t } = useI18n();
  return (
    <Button icon={<PrinterOutlined aria-hidden="true" />} onClick={() => window.print()}>
      {t("action.print")}
    </Button>
  );
}
