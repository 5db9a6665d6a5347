// An image of a box to be looked at closely: zoom by wheel, pinch or keys, contrast window, ruler, marks, hints.
import { BorderOutlined, ColumnWidthOutlined, DragOutlined, FullscreenOutlined, MinusOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Slider, Switch, Tooltip } from "antd";
import { useCallback, useEffect, useId, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import { fileUrl, url } from "../../api/client";
import type { ImageHint, ImageMark, ImageRegion, Scan } from "../../api/types";
import { useI18n } from "../../i18n";
import { bounded, boxOf, fit, lengthOf, spread, under, zoomed, type Box, type Point, type Size, type View } from "./view";

type Mode = "move" | "measure" | "mark";

interface Props {
  scan: Scan;
  /** Marks of the review that is being written. */
  marks: ImageMark[];
  /** Marks of earlier reviews, each with the number by which the history names it. */
  earlier: EarlierMark[];
  /** Adds a mark; without it nothing is marked. */
  onMark?: (region: ImageRegion) => void;
}

/** A mark of an earlier review. */
export interface EarlierMark extends ImageMark {
  label: string;
}

const STEP = 1.25;
const MOVE_PX = 60;
/** By how much a key moves an end of the ruler, pixels of the screen. */
const RULER_PX = 4;
const WHOLE = { level: 128, width: 256 };

export function Viewer({ scan, marks, earlier, onMark }: Props) {
  const { t } = useI18n();
  const filter = useId().replaceAll(":", "");
  const help = useId();
  const stage = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const [image, setImage] = useState<Size>({ width: scan.width ?? 0, height: scan.height ?? 0 });
  const [moved, setView] = useState<View | null>(null);
  const [mode, setMode] = useState<Mode>("move");
  const [line, setLine] = useState<[Point, Point] | null>(null);
  const [drawn, setDrawn] = useState<[Point, Point] | null>(null);
  const [tones, setTones] = useState(WHOLE);
  const [inverted, setInverted] = useState(false);
  const [hints, setHints] = useState(true);
  const [broken, setBroken] = useState(false);
  const pointers = useRef(new Map<number, Point>());
  const known = image.width > 0 && size.width > 0;
  const view = moved ?? (known ? fit(image, size) : { x: 0, y: 0, scale: 1 });

  useEffect(() => {
    const place = stage.current;
    if (!place) return;
    const watch = new ResizeObserver(() => setSize({ width: place.clientWidth, height: place.clientHeight }));
    watch.observe(place);
    return () => watch.disconnect();
  }, []);
  const change = useCallback((next: (view: View) => View) => setView((before) => next(before ?? fit(image, size))), [image, size]);
  const zoom = useCallback((factor: number, at?: Point) => change((before) => zoomed(before, factor, at ?? { x: size.width / 2, y: size.height / 2 }, image, size)), [change, image, size]);
  const move = (dx: number, dy: number) => change((before) => bounded({ ...before, x: before.x + dx / before.scale, y: before.y + dy / before.scale }, image, size));
  useEffect(() => {
    const place = stage.current;
    if (!place) return;
    // Only a listener that says so may keep the page from scrolling; it does so for whoever works in the image, and lets others pass.
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && document.activeElement !== place) return;
      event.preventDefault();
      const frame = place.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY / 400), { x: event.clientX - frame.left, y: event.clientY - frame.top });
    };
    place.addEventListener("wheel", wheel, { passive: false });
    return () => place.removeEventListener("wheel", wheel);
  }, [zoom]);

  const at = (event: PointerEvent): Point => {
    const frame = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const here = at(event);
    pointers.current.set(event.pointerId, here);
    if (pointers.current.size > 1) return setDrawn(null);
    const point = under(view, here);
    if (mode === "measure") setLine([point, point]);
    if (mode === "mark") setDrawn([point, point]);
  };
  const drag = (event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    const here = at(event);
    pointers.current.set(event.pointerId, here);
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const spread = (a: Point) => Math.max(Math.hypot(a.x - other.x, a.y - other.y), 1);
      return zoom(spread(here) / spread(before), { x: (here.x + other.x) / 2, y: (here.y + other.y) / 2 });
    }
    if (mode === "move") return move(before.x - here.x, before.y - here.y);
    const point = under(view, here);
    const stretch = (from: [Point, Point] | null): [Point, Point] | null => from && [from[0], point];
    if (mode === "measure") setLine(stretch);
    else setDrawn(stretch);
  };
  const mark = (box: Box | null) => {
    if (box) onMark?.({ x: box.x, y: box.y, width: box.width, height: box.height });
  };
  const up = (event: PointerEvent) => {
    pointers.current.delete(event.pointerId);
    if (drawn) mark(boxOf(drawn[0], drawn[1], image));
    setDrawn(null);
  };
  /** The middle of what is seen: the way to mark without a pointer. */
  const markMiddle = () => {
    const [width, height] = [size.width / view.scale, size.height / view.scale];
    mark(boxOf({ x: view.x + width / 4, y: view.y + height / 4 }, { x: view.x + (width * 3) / 4, y: view.y + (height * 3) / 4 }, image));
  };
  /** The ruler by keys: it begins as a point in the middle of what is seen, and its ends are moved. */
  const measure = () => {
    const middle = under(view, { x: size.width / 2, y: size.height / 2 });
    setMode("measure");
    setLine((before) => before ?? [middle, middle]);
  };
  const stretchBy = (dx: number, dy: number, beginning: boolean) =>
    setLine((before) => {
      if (!before) return before;
      const moved = (point: Point): Point => ({
        x: Math.min(Math.max(point.x + (dx * RULER_PX) / view.scale, 0), image.width),
        y: Math.min(Math.max(point.y + (dy * RULER_PX) / view.scale, 0), image.height),
      });
      return beginning ? [moved(before[0]), before[1]] : [before[0], moved(before[1])];
    });
  const arrow = (dx: number, dy: number, shift: boolean) => (mode === "measure" && line ? stretchBy(dx, dy, shift) : move(dx * MOVE_PX, dy * MOVE_PX));
  const keys: Record<string, (shift: boolean) => void> = {
    "+": () => zoom(STEP),
    "=": () => zoom(STEP),
    "-": () => zoom(1 / STEP),
    "0": () => setView(null),
    "1": () => zoom(1 / view.scale),
    ArrowLeft: (shift) => arrow(-1, 0, shift),
    ArrowRight: (shift) => arrow(1, 0, shift),
    ArrowUp: (shift) => arrow(0, -1, shift),
    ArrowDown: (shift) => arrow(0, 1, shift),
    h: () => setMode("move"),
    r: measure,
    ...(onMark ? { m: () => setMode("mark"), Enter: markMiddle } : {}),
    Escape: () => {
      setLine(null);
      setMode("move");
    },
  };
  const key = (event: KeyboardEvent) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act(event.shiftKey);
  };

  const told = (pixels: number): string => {
    const length = lengthOf(pixels, scan.pixel_um);
    return length ? `${length.value} ${length.unit}` : t("rooms.images.pixels", { n: Math.round(pixels) });
  };
  const { slope, intercept } = spread(tones.level, tones.width, inverted);
  const seen: ImageHint | null = hints ? scan.hint : null;
  const places: Place[] = [
    ...(seen?.spots ?? []).map((spot, n) => ({ key: `spot ${n}`, region: spot.region, name: t("rooms.images.hintNth", { n: n + 1, percent: Math.round(spot.score_per_mille / 10) }), note: "" })),
    ...earlier.filter((one) => one.scan === scan.id).map((one) => ({ key: `earlier ${one.label}`, region: one.region, name: t("rooms.images.markNth", { n: one.label }), note: one.note })),
  ];
  const stroke = 2 / view.scale;
  const modes: [Mode, ReactNode, string][] = [
    ["move", <DragOutlined key="move" />, t("rooms.images.move")],
    ["measure", <ColumnWidthOutlined key="measure" />, t("rooms.images.measure")],
    ...(onMark ? [["mark", <BorderOutlined key="mark" />, t("rooms.images.mark")] as [Mode, ReactNode, string]] : []),
  ];
  return (
    <section className="viewer" aria-label={t("rooms.images.viewer", { container: scan.container })}>
      <div className="viewer-bar" role="toolbar" aria-label={t("rooms.images.tools")}>
        {modes.map(([code, icon, label]) => (
          <Tooltip key={code} title={label}>
            <Button size="small" icon={icon} aria-label={label} aria-pressed={mode === code} type={mode === code ? "primary" : "default"} onClick={() => setMode(code)} />
          </Tooltip>
        ))}
        <Button size="small" icon={<MinusOutlined />} aria-label={t("rooms.images.zoomOut")} onClick={() => zoom(1 / STEP)} />
        <Button size="small" icon={<PlusOutlined />} aria-label={t("rooms.images.zoomIn")} onClick={() => zoom(STEP)} />
        <Button size="small" icon={<FullscreenOutlined />} aria-label={t("rooms.images.fit")} onClick={() => setView(null)} />
        <span className="viewer-zoom mono">{Math.round(view.scale * 100)} %</span>
        {onMark && (
          <Button size="small" onClick={markMiddle}>
            {t("rooms.images.markMiddle")}
          </Button>
        )}
        {scan.hint && (
          <span className="row-tight">
            <Switch size="small" checked={hints} onChange={setHints} aria-label={t("rooms.images.showHints")} /> {t("rooms.images.showHints")}
          </span>
        )}
      </div>
      {/* The stage is moved and zoomed by keys as well. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={stage}
        className={`viewer-stage viewer-${mode}`}
        role="group"
        aria-roledescription={t("rooms.images.stage")}
        aria-label={t("rooms.images.of", { container: scan.container })}
        aria-describedby={help}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        data-scale={view.scale.toFixed(3)}
        // The whole image needs no moving: a finger scrolls the page past it.
        style={{ touchAction: mode === "move" && moved === null ? "pan-y" : "none" }}
        onPointerDown={down}
        onPointerMove={drag}
        onPointerUp={up}
        onPointerCancel={up}
        onDoubleClick={(event) => {
          const frame = event.currentTarget.getBoundingClientRect();
          if (mode === "move") zoom(2, { x: event.clientX - frame.left, y: event.clientY - frame.top });
        }}
        onKeyDown={key}
      >
        <svg width="0" height="0" aria-hidden="true" className="viewer-filter">
          <filter id={filter} colorInterpolationFilters="sRGB">
            <feComponentTransfer>
              <feFuncR type="linear" slope={slope} intercept={intercept} />
              <feFuncG type="linear" slope={slope} intercept={intercept} />
              <feFuncB type="linear" slope={slope} intercept={intercept} />
            </feComponentTransfer>
          </filter>
        </svg>
        <div className="viewer-plane" style={{ width: image.width || undefined, height: image.height || undefined, transform: `scale(${view.scale}) translate(${-view.x}px, ${-view.y}px)` }}>
          <img
            src={fileUrl(url`/scans/${scan.id}/image`)}
            alt={t("rooms.images.of", { container: scan.container })}
            draggable={false}
            style={{ filter: `url(#${filter})`, imageRendering: view.scale > 3 ? "pixelated" : "auto" }}
            onLoad={(event) => setImage({ width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight })}
            onError={() => setBroken(true)}
          />
          {image.width > 0 && (
            <svg viewBox={`0 0 ${image.width} ${image.height}`} width={image.width} height={image.height} aria-hidden="true">
              {seen?.spots.map((spot, n) => <Frame key={`spot ${n}`} region={spot.region} className="viewer-spot" stroke={stroke} dashed />)}
              {earlier.filter((one) => one.scan === scan.id).map((one) => <Frame key={`earlier ${one.label}`} region={one.region} className="viewer-earlier" stroke={stroke} label={one.label} />)}
              {marks.map((one, n) => one.scan === scan.id && <Frame key={`mark ${n}`} region={one.region} className="viewer-mark" stroke={stroke} label={String(n + 1)} />)}
              {scan.truth?.hidden && <Frame region={scan.truth.hidden} className="viewer-truth" stroke={stroke} dashed />}
              {drawn && <Frame region={boxOf(drawn[0], drawn[1], image) ?? { x: 0, y: 0, width: 0, height: 0 }} className="viewer-mark" stroke={stroke} />}
              {line && <line x1={line[0].x} y1={line[0].y} x2={line[1].x} y2={line[1].y} className="viewer-line" strokeWidth={stroke} />}
            </svg>
          )}
        </div>
        {broken && <p className="viewer-broken">{t("rooms.images.broken")}</p>}
      </div>
      <p className="viewer-told" role="status">
        {line ? t("rooms.images.length", { length: told(Math.hypot(line[1].x - line[0].x, line[1].y - line[0].y)) }) : t("rooms.images.seen", { length: told(size.width / view.scale) })}
        {!scan.pixel_um && <span className="muted"> {t("rooms.images.noPixel")}</span>}
      </p>
      <div className="viewer-tones">
        <Tone label={t("rooms.images.level")} value={tones.level} min={0} max={255} onChange={(level) => setTones({ ...tones, level })} />
        <Tone label={t("rooms.images.window")} value={tones.width} min={8} max={256} onChange={(width) => setTones({ ...tones, width })} />
        <span className="row-tight">
          <Switch size="small" checked={inverted} onChange={setInverted} aria-label={t("rooms.images.invert")} /> {t("rooms.images.invert")}
        </span>
        <Button size="small" onClick={() => (setTones(WHOLE), setInverted(false))}>
          {t("rooms.images.reset")}
        </Button>
      </div>
      <Places places={places} told={told} />
      <p id={help} className="muted viewer-help">
        {t(onMark ? "rooms.images.helpMark" : "rooms.images.help")}
      </p>
    </section>
  );
}

interface Place {
  key: string;
  region: ImageRegion;
  name: string;
  note: string;
}

/** Hints and earlier marks in words, for whoever does not see their frames: size and place from the upper left corner. */
function Places({ places, told }: { places: Place[]; told: (pixels: number) => string }) {
  const { t } = useI18n();
  if (places.length === 0) return null;
  return (
    <ul className="viewer-places" aria-label={t("rooms.images.places")}>
      {places.map(({ key, region, name, note }) => (
        <li key={key}>
          {name} {note} <span className="muted">{t("rooms.images.placeOf", { width: told(region.width), height: told(region.height), left: told(region.x), top: told(region.y) })}</span>
        </li>
      ))}
    </ul>
  );
}

function Frame({ region, className, stroke, dashed, label }: { region: ImageRegion; className: string; stroke: number; dashed?: boolean; label?: string }) {
  return (
    <g className={className}>
      <rect x={region.x} y={region.y} width={region.width} height={region.height} strokeWidth={stroke} strokeDasharray={dashed ? `${stroke * 4} ${stroke * 3}` : undefined} />
      {label && (
        <text x={region.x} y={region.y - stroke * 2} fontSize={stroke * 7}>
          {label}
        </text>
      )}
    </g>
  );
}

function Tone({ label, value, min, max, onChange }: { label: string; value: number; min: number; max: number; onChange: (value: number) => void }) {
  return (
    <div className="viewer-tone">
      <span>{label}</span>
      <Slider min={min} max={max} value={value} onChange={onChange} ariaLabelForHandle={label} />
    </div>
  );
}
