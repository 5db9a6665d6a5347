// What a reviewer says: conclusion, note, and a word to each mark.
import { DeleteOutlined } from "@ant-design/icons";
import { App, Button, Input, Radio } from "antd";
import { useState } from "react";
import { api, tagOf } from "../../api/client";
import { useAction } from "../../api/query";
import type { ImageMark, ImageTask } from "../../api/types";
import { useI18n, type MessageKey } from "../../i18n";
import { ProblemAlert } from "../../parts";
import { Field } from "../parts/Field";
import { lengthOf } from "./view";

const CODES = ["clean", "suspect", "unclear"] as const;
const STAGES: Record<string, MessageKey> = { first: "rooms.images.first", second: "rooms.images.second", decision: "rooms.images.decision" };
const NOTE_MAX = 2_000;
const MARK_NOTE_MAX = 200;

interface Props {
  task: ImageTask;
  path: string;
  marks: ImageMark[];
  onMarks: (marks: ImageMark[]) => void;
  /** Images that were not shown yet. */
  unseen: number;
}

export function ReviewForm({ task, path, marks, onMarks, unseen }: Props) {
  const { t } = useI18n();
  const { message } = App.useApp();
  const [code, setCode] = useState<(typeof CODES)[number] | null>(null);
  const [note, setNote] = useState("");
  const send = useAction<null, ImageTask>(
    () => api.post<ImageTask>(`${path}/review`, { stage: task.stage, code, note: note.trim(), marks }, { ifMatch: tagOf(task) }),
    () => {
      onMarks([]);
      void message.success(t("rooms.images.said"));
    },
  );
  const silent = code !== null && code !== "clean" && note.trim() === "" && marks.length === 0;
  const size = (mark: ImageMark) => {
    const um = task.scans.find((scan) => scan.id === mark.scan)?.pixel_um ?? null;
    const told = [mark.region.width, mark.region.height].map((pixels) => lengthOf(pixels, um));
    return told.map((length, at) => (length ? `${length.value} ${length.unit}` : `${at === 0 ? mark.region.width : mark.region.height} px`)).join(" × ");
  };
  return (
    <section className="panel" aria-labelledby="image-review">
      <h2 id="image-review">{t(STAGES[task.stage ?? ""] ?? "rooms.images.review")}</h2>
      <div className="dialog-fields">
        <Radio.Group
          aria-label={t("rooms.images.conclusion")}
          value={code}
          onChange={(event) => setCode(event.target.value as (typeof CODES)[number])}
          options={CODES.filter((one) => task.stage !== "decision" || one !== "unclear").map((one) => ({ value: one, label: t(`rooms.images.${one}`) }))}
          optionType="button"
          buttonStyle="solid"
        />
        {marks.length > 0 && (
          <ol className="image-marks">
            {marks.map((mark, at) => (
              <li key={at}>
                <span className="mono">{size(mark)}</span>
                <Input
                  size="small"
                  aria-label={t("rooms.images.markNote", { n: at + 1 })}
                  placeholder={t("rooms.images.markNote", { n: at + 1 })}
                  maxLength={MARK_NOTE_MAX}
                  value={mark.note}
                  onChange={(event) => onMarks(marks.map((one, other) => (other === at ? { ...one, note: event.target.value } : one)))}
                />
                <Button size="small" icon={<DeleteOutlined />} aria-label={t("rooms.images.unmark", { n: at + 1 })} onClick={() => onMarks(marks.filter((_, other) => other !== at))} />
              </li>
            ))}
          </ol>
        )}
        <Field label={t("rooms.images.note")} hint={silent ? t("rooms.images.sayWhat") : undefined}>
          <Input.TextArea aria-label={t("rooms.images.note")} rows={2} maxLength={NOTE_MAX} value={note} onChange={(event) => setNote(event.target.value)} />
        </Field>
        {unseen > 0 && <p className="refused-note">{t("rooms.images.unseen", { n: unseen })}</p>}
        {send.error && <ProblemAlert error={send.error} />}
        <Button type="primary" disabled={code === null || silent || unseen > 0} loading={send.isPending} onClick={() => send.mutate(null)} data-send-review>
          {t("rooms.images.send")}
        </Button>
      </div>
    </section>
  );
}
