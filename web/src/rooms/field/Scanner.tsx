// A container number, by camera where the browser can read codes, otherwise typed; the check digit is told at once.
import { useEffect, useRef, useState, type FormEvent } from "react";
import { useI18n } from "../../i18n";
import { containerNumberFault } from "../checkdigits";

interface Detector {
  detect: (source: HTMLVideoElement) => Promise<{ rawValue: string }[]>;
}
declare global {
  interface Window {
    BarcodeDetector?: new () => Detector;
  }
}

const LOOK_MS = 250;

/** The first container number with a right check digit in what a code says: the number itself, or an address that names it. */
export function numberIn(text: string): string | null {
  for (const found of text.toUpperCase().matchAll(/[A-Z]{3}[UJZ]\d{7}/g)) {
    if (!containerNumberFault(found[0])) return found[0];
  }
  return null;
}

/** This browser can open a camera and read codes. */
function able(): boolean {
  return typeof window.BarcodeDetector === "function" && typeof navigator.mediaDevices?.getUserMedia === "function";
}

export function Scanner({ label, onNumber }: { label: string; onNumber: (number: string) => void }) {
  const { t } = useI18n();
  const [typed, setTyped] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const [looking, setLooking] = useState(false);
  const [camera] = useState(able);
  const search = (event: FormEvent) => {
    event.preventDefault();
    const number = typed.trim().toUpperCase().replace(/[\s-]/g, "");
    const wrong = containerNumberFault(number);
    setFault(wrong === null ? null : wrong.kind === "form" ? t("field.numberForm") : t("field.numberDigit", { digit: wrong.expected }));
    if (wrong === null) onNumber(number);
  };
  return (
    <div className="field-scan">
      <form className="field-scan-form" onSubmit={search}>
        <label>
          <span>{label}</span>
          <input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoCapitalize="characters"
            autoComplete="off"
            spellCheck={false}
            maxLength={16}
            placeholder="ABCU1234560"
            aria-invalid={fault !== null}
          />
        </label>
        <button type="submit" className="field-button">
          {t("field.find")}
        </button>
        {camera && !looking && (
          <button type="button" className="field-button secondary" onClick={() => setLooking(true)}>
            {t("field.scan")}
          </button>
        )}
      </form>
      {!camera && <p className="muted field-small">{t("field.noCamera")}</p>}
      {fault && (
        <p role="alert" className="field-fault">
          {fault}
        </p>
      )}
      {looking && (
        <Camera
          onEnd={(why) => {
            setLooking(false);
            setFault(why);
          }}
          onText={(text) => {
            const number = numberIn(text);
            if (!number) return false;
            setLooking(false);
            setTyped(number);
            setFault(null);
            onNumber(number);
            return true;
          }}
        />
      )}
    </div>
  );
}

function Camera({ onText, onEnd }: { onText: (text: string) => boolean; onEnd: (why: string | null) => void }) {
  const { t } = useI18n();
  const video = useRef<HTMLVideoElement>(null);
  const [other, setOther] = useState<string | null>(null);
  const told = useRef({ onText, onEnd, t });
  useEffect(() => {
    told.current = { onText, onEnd, t };
  });
  useEffect(() => {
    let stream: MediaStream | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const look = async (detector: Detector) => {
      if (gone || !video.current) return;
      try {
        for (const code of await detector.detect(video.current)) {
          if (told.current.onText(code.rawValue)) return;
          setOther(code.rawValue.slice(0, 80));
        }
      } catch {
        // A frame that is not there yet; the next one is looked at.
      }
      timer = setTimeout(() => void look(detector), LOOK_MS);
    };
    const start = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
        if (gone || !video.current || !window.BarcodeDetector) {
          for (const track of stream.getTracks()) track.stop();
          return;
        }
        video.current.srcObject = stream;
        await video.current.play();
        await look(new window.BarcodeDetector());
      } catch {
        if (!gone) told.current.onEnd(told.current.t("field.cameraRefused"));
      }
    };
    void start();
    return () => {
      gone = true;
      clearTimeout(timer);
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
  }, []);
  return (
    <div className="field-camera">
      <video ref={video} playsInline muted aria-label={t("field.camera")} />
      {other && <p className="field-small">{t("field.otherCode", { text: other })}</p>}
      <button type="button" className="field-button secondary" onClick={() => onEnd(null)}>
        {t("field.stop")}
      </button>
    </div>
  );
}
