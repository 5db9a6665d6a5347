// The form of a record of the site. Each change is written to the phone's own store, so that a page that is closed loses nothing.
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { newKey } from "../../api/client";
import type { FieldOrder } from "../../api/types";
import { useI18n } from "../../i18n";
import { DISPOSITIONS } from "../inspections/dispositions";
import { photoOf } from "./picture";
import { Scanner } from "./Scanner";
import { Signature } from "./Signature";
import type { FieldState } from "./state";
import { drafts, enqueue, type Draft, type FieldUser, type Picture, type Queued } from "./store";
import { readQueue } from "./sync";

/** What the platform takes, for a phone that has not read it yet. */
const PHOTOS_MAX = 12;
const PHOTO_BYTES_MAX = 5 * 1_024 * 1_024;
const NOTE_MAX = 4_000;

interface Props {
  field: FieldState;
  order: FieldOrder | null;
  draft: Draft | null;
  draftKey: string;
  user: FieldUser;
  kind: string;
  id: string;
  /** The box that was scanned. */
  box: string;
}

function fresh({ order, draftKey, user, kind, id, box }: Props): Draft {
  const only = order?.boxes.length === 1 ? (order.boxes[0]?.number ?? "") : "";
  const officers = order?.officers ?? [];
  return {
    key: draftKey,
    record: newKey(),
    user: user.id,
    kind,
    order: id,
    container: box || only,
    checks: {},
    note: "",
    photos: [],
    signature: null,
    giving: false,
    outcome: "pass",
    disposition: "18",
    method: "open",
    seal: "",
    // The drawn officers are there together; of an authority's people the one who writes is.
    officers: kind === "inspection" ? officers.map((officer) => officer.id) : [user.id],
  };
}

export function RecordForm(props: Props) {
  const { field, order, kind, id, user } = props;
  const { t, tx } = useI18n();
  const navigate = useNavigate();
  const [draft, setDraft] = useState<Draft>(() => (props.draft ? { ...props.draft, container: props.box || props.draft.container } : fresh(props)));
  const [faults, setFaults] = useState<string[]>([]);
  const [notice, setNotice] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  /** Pictures that are being made: what is sent now would go without them. */
  const [making, setMaking] = useState(0);
  const [unkept, setUnkept] = useState(false);
  const done = useRef(false);
  const latest = useRef(draft);
  const photosMax = field.orders?.photos_max ?? PHOTOS_MAX;
  /** Each change is on the phone before anything else happens to it, also when the page is left meanwhile. */
  const set = (change: Partial<Draft> | ((before: Draft) => Partial<Draft>)) => {
    if (done.current) return;
    latest.current = { ...latest.current, ...(typeof change === "function" ? change(latest.current) : change) };
    setDraft(latest.current);
    drafts.put(latest.current).then(
      () => setUnkept(false),
      () => setUnkept(true),
    );
  };
  const busyWith = (more: number) => setMaking((before) => before + more);
  const boxes = order?.boxes ?? [];
  const checklist = order?.checklist ?? [];
  const scanned = (number: string) => {
    const known = boxes.some((one) => one.number === number);
    setNotice(known ? null : t("field.otherBox", { number }));
    set({ container: number });
  };
  const photograph = async (files: FileList | null) => {
    setNotice(null);
    const chosen = [...(files ?? [])];
    busyWith(1);
    let beyond = 0;
    try {
      for (const file of chosen) {
        if (latest.current.photos.length >= photosMax) {
          beyond += 1;
          continue;
        }
        try {
          const photo = await photoOf(file, field.orders?.photo_bytes_max ?? PHOTO_BYTES_MAX);
          set((before) => ({ photos: before.photos.some((other) => other.sha256 === photo.sha256) ? before.photos : [...before.photos, photo] }));
        } catch {
          setNotice(t("field.noPicture", { name: file.name }));
        }
      }
      if (beyond > 0) setNotice(t("field.tooManyPhotos", { n: beyond, max: photosMax }));
    } finally {
      busyWith(-1);
    }
  };
  const missing = (): string[] => {
    const told: string[] = [];
    const untold = checklist.filter((item) => draft.checks[item.code] === undefined);
    if (draft.giving && untold.length > 0) told.push(t("field.missingChecks", { items: untold.map((item) => tx(item.text)).join("；") }));
    if (draft.giving && kind === "inspection" && draft.outcome === "pass" && checklist.some((item) => draft.checks[item.code] === false)) told.push(t("field.passDiffers"));
    if (draft.giving && !draft.signature) told.push(t("field.missingSignature"));
    if (draft.giving && kind === "inspection" && draft.note.trim() === "") told.push(t("field.missingNote"));
    if (draft.giving && kind === "inspection" && draft.method === "open" && draft.seal.trim() === "") told.push(t("field.missingSeal"));
    if (draft.giving && draft.officers.length < (order?.officers_min ?? 1)) told.push(t("field.missingOfficers", { n: order?.officers_min ?? 1 }));
    const empty = draft.note.trim() === "" && draft.photos.length === 0 && Object.keys(draft.checks).length === 0;
    if (!draft.giving && empty) told.push(t("field.missingAnything"));
    return told;
  };
  const finish = async () => {
    const told = missing();
    setFaults(told);
    if (told.length > 0 || making > 0 || done.current) return;
    setBusy(true);
    const officers = draft.officers;
    const result = !draft.giving
      ? null
      : kind === "inspection"
        ? { outcome: draft.outcome, disposition: draft.disposition, method: draft.method, new_seal: draft.seal.trim() || null, officers }
        : { officers };
    const record = draft.record;
    const pictures = [...draft.photos, ...(draft.signature ? [draft.signature] : [])];
    const item: Queued = {
      id: record,
      user: user.id,
      title: `${id} ${draft.container}`.trim(),
      draft,
      body: {
        id: record,
        user: user.id,
        order_kind: kind,
        order: id,
        container: draft.container || null,
        checks: checklist.filter((item) => draft.checks[item.code] !== undefined).map((item) => ({ code: item.code, ok: draft.checks[item.code] === true })),
        note: draft.note.trim(),
        photos: draft.photos.map((photo) => photo.sha256),
        signature: draft.signature?.sha256 ?? null,
        result,
        recorded_at: new Date().toISOString(),
      },
      pictures,
      queuedAt: Date.now(),
      standing: "waiting",
      missed: 0,
      problem: null,
      record: null,
    };
    try {
      done.current = true;
      await enqueue(item);
      await readQueue();
    } catch {
      // Nothing is lost while the page stays open.
      done.current = false;
      setBusy(false);
      setUnkept(true);
      return;
    }
    void navigate("/field?kept=1");
    void field.refresh();
  };
  const dispositions = DISPOSITIONS.filter((one) => one.outcome === draft.outcome);
  return (
    <>
      {boxes.length > 0 && (
        <section className="panel" aria-labelledby="field-box">
          <h2 id="field-box">{t("field.box")}</h2>
          <Choice
            name="box"
            label={t("field.box")}
            value={draft.container}
            onChange={(container) => {
              setNotice(null);
              set({ container });
            }}
            options={[
              ...(boxes.length > 1 ? [{ value: "", text: t("field.allBoxes") }] : []),
              ...boxes.map((one) => ({ value: one.number, text: one.number, hint: one.at_site ? t("field.atSite") : t("field.notAtSite") })),
            ]}
          />
          {draft.container && !boxes.some((one) => one.number === draft.container) && (
            <p className="field-fault" role="alert">
              {t("field.otherBox", { number: draft.container })}
            </p>
          )}
          {boxes.length > 1 && <Scanner label={t("field.number")} onNumber={scanned} />}
        </section>
      )}
    <form
      className="field-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void finish();
      }}
    >
      {checklist.length > 0 && (
        <section className="panel" aria-labelledby="field-checks">
          <h2 id="field-checks">{t("field.checklist")}</h2>
          {checklist.map((item) => (
            <Choice
              key={item.code}
              name={`check-${item.code}`}
              label={tx(item.text)}
              shown
              value={draft.checks[item.code] === undefined ? null : String(draft.checks[item.code])}
              onChange={(value) => set({ checks: { ...draft.checks, [item.code]: value === "true" } })}
              options={[
                { value: "true", text: t("field.ok") },
                { value: "false", text: t("field.notOk") },
              ]}
            />
          ))}
        </section>
      )}
      <section className="panel" aria-labelledby="field-photos">
        <h2 id="field-photos">
          {t("field.photos")} · {draft.photos.length}/{photosMax}
        </h2>
        <Photos draft={draft} onRemove={(sha256) => set({ photos: draft.photos.filter((photo) => photo.sha256 !== sha256) })} />
        {draft.photos.length < photosMax && (
          <label className="field-button secondary field-file">
            {t("field.takePhoto")}
            <input
              className="visually-hidden"
              type="file"
              accept="image/*"
              capture="environment"
              multiple
              onChange={(event) => {
                void photograph(event.target.files).finally(() => {
                  event.target.value = "";
                });
              }}
            />
          </label>
        )}
        <p className="muted field-small">{t("field.photoHint")}</p>
      </section>
      <section className="panel" aria-labelledby="field-notes">
        <h2 id="field-notes">{t("field.notes")}</h2>
        <textarea
          aria-labelledby="field-notes"
          rows={4}
          maxLength={field.orders?.note_length_max ?? NOTE_MAX}
          value={draft.note}
          onChange={(event) => set({ note: event.target.value })}
        />
      </section>
      {(order?.takes_result ?? draft.giving) && (
        <section className="panel" aria-labelledby="field-result">
          <h2 id="field-result">{kind === "inspection" ? t("field.result") : t("field.part")}</h2>
          <label className="field-check">
            <input type="checkbox" checked={draft.giving} onChange={(event) => set({ giving: event.target.checked })} /> {kind === "inspection" ? t("field.giveResult") : t("field.givePart")}
          </label>
          {draft.giving && kind === "inspection" && (
            <>
              <Choice
                name="outcome"
                label={t("field.outcome")}
                shown
                value={draft.outcome}
                onChange={(value) => {
                  const outcome = value === "fail" ? "fail" : "pass";
                  set({ outcome, disposition: DISPOSITIONS.find((one) => one.outcome === outcome)?.code ?? "" });
                }}
                options={[
                  { value: "pass", text: t("field.pass") },
                  { value: "fail", text: t("field.fail") },
                ]}
              />
              <label className="field-label">
                <span>{t("field.disposition")}</span>
                <select value={draft.disposition} onChange={(event) => set({ disposition: event.target.value })}>
                  {dispositions.map((one) => (
                    <option key={one.code} value={one.code}>
                      {one.code} {tx(one)}
                    </option>
                  ))}
                </select>
              </label>
              <Choice
                name="method"
                label={t("field.method")}
                shown
                value={draft.method}
                onChange={(value) => set({ method: value as Draft["method"] })}
                options={[
                  { value: "open", text: t("field.method.open") },
                  { value: "machine", text: t("field.method.machine") },
                  { value: "documents", text: t("field.method.documents") },
                ]}
              />
              <label className="field-label">
                <span>{t("field.seal")}</span>
                <input value={draft.seal} maxLength={64} onChange={(event) => set({ seal: event.target.value.toUpperCase() })} />
              </label>
            </>
          )}
          {draft.giving && (
            <fieldset className="field-choice">
              <legend>{t("field.officers")}</legend>
              {(order?.officers ?? []).map((officer) => (
                <label key={officer.id} className="field-check">
                  <input
                    type="checkbox"
                    checked={draft.officers.includes(officer.id)}
                    onChange={(event) => set({ officers: event.target.checked ? [...draft.officers, officer.id] : draft.officers.filter((one) => one !== officer.id) })}
                  />{" "}
                  {tx(officer.name)} <span className="mono muted">{officer.id}</span>
                </label>
              ))}
            </fieldset>
          )}
          {draft.giving && kind === "inspection" && <p className="muted field-small">{t("field.toConfirm")}</p>}
        </section>
      )}
      <section className="panel" aria-labelledby="field-sign">
        <h2 id="field-sign">{t("field.signature")}</h2>
        <Signature value={draft.signature} name={tx(user.name)} onChange={(signature) => set({ signature })} onBusy={busyWith} />
      </section>
      {unkept && (
        <p className="field-fault" role="alert">
          {t("field.unkept")}
        </p>
      )}
      {notice && (
        <p className="field-fault" role="alert">
          {notice}
        </p>
      )}
      {faults.length > 0 && (
        <ul className="field-findings" role="alert">
          {faults.map((fault) => (
            <li key={fault} className="field-fault">
              {fault}
            </li>
          ))}
        </ul>
      )}
      <div className="field-submit">
        <button type="submit" className="field-button" disabled={busy || making > 0}>
          {making > 0 ? t("field.making") : draft.giving ? t("field.sendResult") : t("field.send")}
        </button>
        <p className="muted field-small">{field.online ? t("field.sendsNow") : t("field.sendsLater")}</p>
      </div>
    </form>
    </>
  );
}

interface ChoiceProps {
  name: string;
  label: string;
  /** The label stands above the choice; otherwise the section's heading does. */
  shown?: boolean;
  value: string | null;
  onChange: (value: string) => void;
  options: { value: string; text: string; hint?: string }[];
}

function Choice({ name, label, shown = false, value, onChange, options }: ChoiceProps) {
  return (
    <fieldset className="field-choice">
      <legend className={shown ? undefined : "visually-hidden"}>{label}</legend>
      <div className="row">
        {options.map((option) => (
          <label key={option.value} className="field-option">
            <input type="radio" name={name} value={option.value} checked={value === option.value} onChange={() => onChange(option.value)} />
            <span>
              {option.text}
              {option.hint && <small> {option.hint}</small>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Photos({ draft, onRemove }: { draft: Draft; onRemove: (sha256: string) => void }) {
  const { t } = useI18n();
  if (draft.photos.length === 0) return null;
  return (
    <ul className="field-photos">
      {draft.photos.map((photo, at) => (
        <li key={photo.sha256}>
          <Photo photo={photo} label={t("field.photo", { n: at + 1 })} />
          <code>{photo.sha256.slice(0, 8)}</code>
          <button type="button" className="field-button secondary" onClick={() => onRemove(photo.sha256)}>
            {t("field.removePhoto", { n: at + 1 })}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Photo({ photo, label }: { photo: Picture; label: string }) {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const address = URL.createObjectURL(new Blob([photo.bytes], { type: photo.type }));
    if (image.current) image.current.src = address;
    return () => URL.revokeObjectURL(address);
  }, [photo]);
  return <img ref={image} alt={label} />;
}
