// What a figure means: unit, period and definition, one press away from the figure.
import { QuestionCircleOutlined } from "@ant-design/icons";
import { Popover } from "antd";
import type { ReactNode } from "react";
import { useI18n } from "../i18n";

interface Props {
  children: ReactNode;
  unit?: ReactNode;
  period?: ReactNode;
  /** What is defined, for screen readers. */
  of?: string;
}

export function Definition({ children, unit, period, of }: Props) {
  const { t } = useI18n();
  const content = (
    <dl className="definition">
      <dt>{t("definition.meaning")}</dt>
      <dd>{children}</dd>
      {unit && (
        <>
          <dt>{t("definition.unit")}</dt>
          <dd>{unit}</dd>
        </>
      )}
      {period && (
        <>
          <dt>{t("definition.period")}</dt>
          <dd>{period}</dd>
        </>
      )}
    </dl>
  );
  return (
    <Popover content={content} trigger={["click"]} placement="bottom">
      <button type="button" className="definition-button" aria-label={of ? t("definition.of", { of }) : t("definition.title")}>
        <QuestionCircleOutlined aria-hidden="true" />
      </button>
    </Popover>
  );
}
