import { SearchOutlined } from "@ant-design/icons";
import { Input, type InputRef } from "antd";
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { useI18n } from "../i18n";

/** Looks up any number; `/` puts the cursor into it from anywhere on the page. */
export function GlobalSearch({ onDone }: { onDone?: () => void }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const field = useRef<InputRef>(null);
  const [text, setText] = useState("");
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      const at = event.target as HTMLElement;
      if (at.closest("input,textarea,select,[contenteditable=true]")) return;
      event.preventDefault();
      field.current?.focus({ cursor: "all" });
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  return (
    <form
      role="search"
      className="global-search"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = text.trim();
        if (!wanted) return;
        void navigate(`/search?q=${encodeURIComponent(wanted)}`);
        onDone?.();
      }}
    >
      <Input
        ref={field}
        value={text}
        onChange={(event) => setText(event.target.value)}
        prefix={<SearchOutlined aria-hidden="true" />}
        suffix={<kbd aria-hidden="true">/</kbd>}
        placeholder={t("header.search")}
        aria-label={t("header.searchLabel")}
        aria-keyshortcuts="/"
        maxLength={64}
        autoComplete="off"
      />
    </form>
  );
}
