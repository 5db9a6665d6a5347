// The officer's signature: drawn with a finger, or the name written by the platform for whoever cannot draw. Kept as a picture.
import { useEffect, useRef, type PointerEvent } from "react";
import { useI18n } from "../../i18n";
import { encoded, pictureOf } from "./picture";
import type { Picture } from "./store";

const WIDTH_PX = 640;
const HEIGHT_PX = 220;

interface Props {
  value: Picture | null;
  name: string;
  onChange: (next: Picture | null) => void;
  /** A picture is being made (1), or is made (-1). */
  onBusy: (more: number) => void;
}

export function Signature({ value, name, onChange, onBusy }: Props) {
  const { t } = useI18n();
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef(false);
  const shown = useRef<string | null>(null);
  // What was signed before the page was closed is shown again.
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || (value?.sha256 ?? null) === shown.current) return;
    shown.current = value?.sha256 ?? null;
    blank(context);
    if (!value) return;
    void createImageBitmap(new Blob([value.bytes], { type: value.type })).then((image) => context.drawImage(image, 0, 0));
  }, [value]);
  const keep = async () => {
    if (!canvas.current) return;
    onBusy(1);
    try {
      const picture = await pictureOf(await encoded(canvas.current, "image/png"));
      shown.current = picture.sha256;
      onChange(picture);
    } finally {
      onBusy(-1);
    }
  };
  const place = (event: PointerEvent<HTMLCanvasElement>): [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * WIDTH_PX, ((event.clientY - box.top) / box.height) * HEIGHT_PX];
  };
  const begin = (event: PointerEvent<HTMLCanvasElement>) => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    if (!value && shown.current === null) blank(context);
    drawing.current = true;
    context.lineWidth = 4;
    context.lineCap = "round";
    context.lineJoin = "round";
    context.strokeStyle = "#1f2a2e";
    context.beginPath();
    context.moveTo(...place(event));
  };
  const draw = (event: PointerEvent<HTMLCanvasElement>) => {
    const context = canvas.current?.getContext("2d");
    if (!drawing.current || !context) return;
    context.lineTo(...place(event));
    context.stroke();
  };
  const end = () => {
    if (!drawing.current) return;
    drawing.current = false;
    void keep();
  };
  const write = () => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    blank(context);
    context.fillStyle = "#1f2a2e";
    context.font = "64px sans-serif";
    context.textBaseline = "middle";
    context.fillText(name, 24, HEIGHT_PX / 2, WIDTH_PX - 48);
    void keep();
  };
  return (
    <div className="field-signature">
      <canvas
        ref={canvas}
        width={WIDTH_PX}
        height={HEIGHT_PX}
        role="img"
        aria-label={value ? t("field.signed") : t("field.unsigned")}
        data-signed={value !== null}
        onPointerDown={begin}
        onPointerMove={draw}
        onPointerUp={end}
        onPointerCancel={end}
      />
      <div className="row">
        <button type="button" className="field-button secondary" onClick={write}>
          {t("field.signByName")}
        </button>
        <button type="button" className="field-button secondary" onClick={() => onChange(null)} disabled={!value}>
          {t("field.signAgain")}
        </button>
      </div>
    </div>
  );
}

function blank(context: CanvasRenderingContext2D) {
  context.fillStyle = "#fff";
  context.fillRect(0, 0, WIDTH_PX, HEIGHT_PX);
}
