// Reading and changing one place of a nested form by its JSON pointer, leaving the former value untouched.

type Node = Record<string, unknown> | unknown[];

function steps(pointer: string): string[] {
  return pointer.split("/").filter((step) => step !== "");
}

/** The text at `pointer`; empty when there is none. */
export function textAt(value: unknown, pointer: string): string {
  let at: unknown = value;
  for (const step of steps(pointer)) {
    if (typeof at !== "object" || at === null) return "";
    at = (at as Record<string, unknown>)[step];
  }
  return typeof at === "string" ? at : typeof at === "number" ? String(at) : "";
}

/** A copy of `value` with `next` at `pointer`. */
export function withAt<T>(value: T, pointer: string, next: unknown): T {
  const [first, ...rest] = steps(pointer);
  if (first === undefined) return next as T;
  const node = (value ?? {}) as Node;
  if (Array.isArray(node)) {
    const copy = [...node];
    copy[Number(first)] = withAt(copy[Number(first)], rest.join("/"), next);
    return copy as T;
  }
  return { ...node, [first]: withAt(node[first], rest.join("/"), next) } as T;
}
