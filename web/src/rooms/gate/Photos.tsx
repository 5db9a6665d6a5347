// Photos of a box at the gate (照片): taken or chosen, sent at once, named by their fingerprint on the receipt.
import { DeleteOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useEffect, useState } from "react";
import { api, fileUrl, url } from "../../api/client";
import { useAction } from "../../api/query";
import type { Attachment } from "../../api/types";
import { useI18n } from "../../i18n";
import { ProblemAlert, Upload } from "../../parts";

export const PHOTOS_MAX = 6;
const BYTES_MAX = 5 * 1024 * 1024;

export interface Photo {
  sha256: string;
  /** For showing what was just chosen; the browser's own address. */
  preview: string;
}

export function PhotoPicker({ photos, change }: { photos: readonly Photo[]; change: (photos: Photo[]) => void }) {
  const { t } = useI18n();
  const [known] = useState(() => new Set<string>());
  const send = useAction<File[], Photo[]>(
    async (files) => {
      const sent: Photo[] = [];
      for (const file of files) {
        const kept = await api.postRaw<Attachment>("/attachments", file, { params: { name: file.name }, contentType: file.type || "application/octet-stream" });
        const preview = URL.createObjectURL(file);
        known.add(preview);
        sent.push({ sha256: kept.sha256, preview });
      }
      return sent;
    },
    (sent) => {
      const fresh = sent.filter((photo, at) => [...photos, ...sent.slice(0, at)].every((other) => other.sha256 !== photo.sha256));
      change([...photos, ...fresh].slice(0, PHOTOS_MAX));
    },
  );
  useEffect(() => () => known.forEach((preview) => URL.revokeObjectURL(preview)), [known]);
  return (
    <section className="gate-photos" aria-label={t("rooms.gate.photos")}>
      <h3>
        {t("rooms.gate.photos")} · {photos.length}/{PHOTOS_MAX}
      </h3>
      {photos.length > 0 && (
        <ul className="photo-list">
          {photos.map((photo, at) => (
            <li key={photo.sha256}>
              <img src={photo.preview} alt={t("rooms.gate.photo", { n: at + 1 })} />
              <Button
                size="small"
                icon={<DeleteOutlined aria-hidden="true" />}
                aria-label={t("rooms.gate.photoRemove", { n: at + 1 })}
                onClick={() => change(photos.filter((other) => other !== photo))}
              />
            </li>
          ))}
        </ul>
      )}
      {photos.length < PHOTOS_MAX && (
        <Upload accept="image/png,image/jpeg" multiple bytesMax={BYTES_MAX} busy={send.isPending} onFiles={(files) => send.mutate(files.slice(0, PHOTOS_MAX - photos.length))}>
          {t("rooms.gate.photoAdd")}
        </Upload>
      )}
      {send.error && <ProblemAlert error={send.error} />}
    </section>
  );
}

/** The photos of a receipt. */
export function PhotoList({ eir, photos }: { eir: string; photos: readonly string[] }) {
  const { t } = useI18n();
  if (photos.length === 0) return null;
  return (
    <section className="panel" aria-label={t("rooms.gate.photos")}>
      <h2>
        {t("rooms.gate.photos")} · {photos.length}
      </h2>
      <ul className="photo-list">
        {photos.map((sha256, at) => {
          const address = fileUrl(url`/eirs/${eir}/photos/${at + 1}`);
          return (
            <li key={sha256}>
              <a href={address} download>
                <img src={address} alt={t("rooms.gate.photo", { n: at + 1 })} loading="lazy" />
              </a>
              <code title={sha256}>{sha256.slice(0, 12)}</code>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
