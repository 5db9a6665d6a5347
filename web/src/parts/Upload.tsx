// Takes a file by press, by keyboard or by dropping it. What is done with it is the page's matter.
import { InboxOutlined } from "@ant-design/icons";
import { useId, useState, type DragEvent, type ReactNode } from "react";
import { useI18n } from "../i18n";

interface Props {
  onFiles: (files: File[]) => void;
  accept?: string;
  multiple?: boolean;
  bytesMax?: number;
  busy?: boolean;
  children: ReactNode;
}

export function Upload({ onFiles, accept, multiple = false, bytesMax = 32 * 1024 * 1024, busy = false, children }: Props) {
  const { t } = useI18n();
  const id = useId();
  const [over, setOver] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const take = (list: FileList | null) => {
    const files = [...(list ?? [])];
    const large = files.find((file) => file.size > bytesMax);
    setRefused(large ? t("upload.large", { name: large.name, mib: Math.round(bytesMax / 1024 / 1024) }) : null);
    const fit = files.filter((file) => file.size <= bytesMax);
    if (fit.length > 0) onFiles(multiple ? fit : fit.slice(0, 1));
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!busy) take(event.dataTransfer.files);
  };
  return (
    <div className="upload">
      <input
        id={id}
        className="visually-hidden"
        type="file"
        accept={accept}
        multiple={multiple}
        disabled={busy}
        onChange={(event) => {
          take(event.target.files);
          event.target.value = "";
        }}
      />
      <label
        htmlFor={id}
        className={over ? "upload-area upload-over" : "upload-area"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        aria-busy={busy}
      >
        <InboxOutlined aria-hidden="true" className="upload-icon" />
        <span>{children}</span>
        <span className="upload-hint">{busy ? t("upload.busy") : t("upload.hint")}</span>
      </label>
      {refused && (
        <p role="alert" className="upload-refused">
          {refused}
        </p>
      )}
    </div>
  );
}
