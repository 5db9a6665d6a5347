// What part of an image is shown, in pixels of the image: zoom about a point, move, fit. Knows nothing of React.

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface Box extends Point, Size {}

/** The upper left corner in pixels of the image, and screen pixels for one of them. */
export interface View extends Point {
  scale: number;
}

export const SCALE_MAX = 32;
/** How much of the image stays in sight at least, as a part of the stage. */
const KEEP = 0.1;

export function fit(image: Size, stage: Size): View {
  const scale = Math.min(stage.width / image.width, stage.height / image.height);
  return { scale, x: (image.width - stage.width / scale) / 2, y: (image.height - stage.height / scale) / 2 };
}

/** Keeps the zoom within its limits and part of the image in sight. */
export function bounded(view: View, image: Size, stage: Size): View {
  const smallest = Math.min(fit(image, stage).scale / 2, 1);
  const scale = Math.min(Math.max(view.scale, smallest), SCALE_MAX);
  const [width, height] = [stage.width / scale, stage.height / scale];
  return {
    scale,
    x: Math.min(Math.max(view.x, width * (KEEP - 1)), image.width - width * KEEP),
    y: Math.min(Math.max(view.y, height * (KEEP - 1)), image.height - height * KEEP),
  };
}

/** Zooms by a factor; the point of the stage stays where it is. */
export function zoomed(view: View, factor: number, at: Point, image: Size, stage: Size): View {
  const scale = bounded({ ...view, scale: view.scale * factor }, image, stage).scale;
  return bounded({ scale, x: view.x + at.x / view.scale - at.x / scale, y: view.y + at.y / view.scale - at.y / scale }, image, stage);
}

/** The point of the image under a point of the stage. */
export function under(view: View, at: Point): Point {
  return { x: view.x + at.x / view.scale, y: view.y + at.y / view.scale };
}

/** A rectangle of whole pixels inside the image, from two corners; null when it is too small to be meant. */
export function boxOf(a: Point, b: Point, image: Size): Box | null {
  const clamp = (value: number, max: number) => Math.min(Math.max(Math.round(value), 0), max);
  const [left, right] = [clamp(Math.min(a.x, b.x), image.width), clamp(Math.max(a.x, b.x), image.width)];
  const [top, bottom] = [clamp(Math.min(a.y, b.y), image.height), clamp(Math.max(a.y, b.y), image.height)];
  return right - left < 2 || bottom - top < 2 ? null : { x: left, y: top, width: right - left, height: bottom - top };
}

/** A length of pixels in metres or millimetres; null when the size of a pixel is not known. */
export function lengthOf(pixels: number, pixelUm: number | null): { value: number; unit: "m" | "mm" } | null {
  if (!pixelUm) return null;
  const mm = (pixels * pixelUm) / 1_000;
  return mm < 1_000 ? { value: Math.round(mm), unit: "mm" } : { value: Math.round(mm / 10) / 100, unit: "m" };
}

/** Contrast window: greys from `low` to `high` are spread over all of black to white. */
export function spread(level: number, width: number, inverted: boolean): { slope: number; intercept: number } {
  const slope = 255 / width;
  const intercept = -(level - width / 2) / width;
  return inverted ? { slope: -slope, intercept: 1 - intercept } : { slope, intercept };
}
