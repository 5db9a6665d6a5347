// Photos and signatures as the platform takes them: made small enough in the browser, named by the SHA-256 of their bytes.
import type { Picture } from "./store";

/** Longer side of a photo, pixels: a seal number can be read, and ten of them go over a slow line. */
const SIDE_PX_MAX = 1_600;
/** Bytes of a photo that the phone aims at. */
const BYTES_AIM = 900 * 1_024;
const QUALITIES = [0.82, 0.7, 0.55, 0.4];

export async function fingerprint(bytes: ArrayBuffer): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function pictureOf(blob: Blob): Promise<Picture> {
  const bytes = await blob.arrayBuffer();
  return { sha256: await fingerprint(bytes), type: blob.type, bytes };
}

export function encoded(canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Blob> {
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("canvas"))), type, quality));
}

/** A photo no larger than `bytesMax`, upright, without what the camera wrote beside it (place, device). Throws when it is no picture. */
export async function photoOf(file: Blob, bytesMax: number): Promise<Picture> {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    for (let side = SIDE_PX_MAX; side >= 400; side = Math.floor(side / 2)) {
      const scale = Math.min(1, side / Math.max(image.width, image.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(image.width * scale));
      canvas.height = Math.max(1, Math.round(image.height * scale));
      const context = canvas.getContext("2d");
      if (!context) throw new Error("canvas");
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      for (const quality of QUALITIES) {
        const blob = await encoded(canvas, "image/jpeg", quality);
        if (blob.size <= Math.min(BYTES_AIM, bytesMax)) return await pictureOf(blob);
      }
    }
  } finally {
    image.close();
  }
  throw new Error("too large");
}
