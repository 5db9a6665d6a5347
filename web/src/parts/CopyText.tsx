// A number or code that people carry elsewhere.
import { CheckOutlined, CopyOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useI18n } from "../i18n";

export function CopyText({ text, shown }: { text: string; shown?: string }) {
  const { t } = useI18n();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 1_500);
    } catch {
      // Without the right to the clipboard the text can still be selected by hand.
    }
  };
  return (
    <span className="copy">
      <span className="mono">{shown ?? text}</span>
      <button type="button" className="icon-button" onClick={() => void copy()} aria-label={t("action.copy", { text: shown ?? text })}>
        {copied ? <CheckOutlined aria-hidden="true" /> : <CopyOutlined aria-hidden="true" />}
      </button>
      <span className="visually-hidden" role="status">
        {copied ? t("action.copied") : ""}
      </span>
    </span>
  );
}
