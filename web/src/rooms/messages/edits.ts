// What a clerk changes in a message: by segment, told to the server as changes of bytes, so that everything else stays as it came.
import type { MessageEdit, Segment, Suggestion } from "../../api/types";

/** What was done with one segment of the original, and what was put after it. */
export interface Change {
  segment: Segment;
  /** Where the next segment begins; the end of the file for the last one. */
  next: number;
  text: string;
  deleted: boolean;
  after: string[];
}

export type Changes = ReadonlyMap<number, Change>;

export function untouched(segment: Segment, next: number): Change {
  return { segment, next, text: segment.text, deleted: false, after: [] };
}

export function isChanged(change: Change): boolean {
  return change.deleted || change.after.length > 0 || change.text !== change.segment.text;
}

const encoder = new TextEncoder();

/** Bytes that each character of a segment takes: one, those of UTF-8, or two as in GB 18030, whichever gives the length that is known. */
function widths(text: string, bytes: number): number[] {
  const characters = [...text];
  const utf8 = characters.map((character) => encoder.encode(character).length);
  if (characters.length === bytes) return characters.map(() => 1);
  if (utf8.reduce((sum, n) => sum + n, 0) === bytes) return utf8;
  return characters.map((character) => ((character.codePointAt(0) ?? 0) < 0x80 ? 1 : (character.codePointAt(0) ?? 0) > 0xffff ? 4 : 2));
}

/** Characters of a segment that take the bytes `from` to `from + length`, counted from its beginning. */
export function characterRange(segment: Segment, from: number, length: number): [number, number] {
  const each = widths(segment.text, segment.length);
  let at = 0;
  let start = -1;
  let character = 0;
  for (const [index, width] of each.entries()) {
    if (at >= from && start < 0) start = character;
    if (at >= from + length) return [start, character];
    at += width;
    character += [...segment.text][index]?.length ?? 1;
  }
  return [start < 0 ? segment.text.length : start, segment.text.length];
}

/** The change of one segment's text, narrowed to what differs where every character is one byte. */
function ofText(segment: Segment, text: string): MessageEdit {
  const whole = { offset: segment.offset, length: segment.length, text };
  if (segment.length !== segment.text.length) return whole;
  let head = 0;
  while (head < text.length && head < segment.text.length && text[head] === segment.text[head]) head += 1;
  let tail = 0;
  while (tail < text.length - head && tail < segment.text.length - head && text[text.length - 1 - tail] === segment.text[segment.text.length - 1 - tail]) tail += 1;
  return { offset: segment.offset + head, length: segment.length - head - tail, text: text.slice(head, text.length - tail) };
}

/** All changes as the server takes them, in order. */
export function editsOf(changes: Changes, terminator: string): MessageEdit[] {
  const edits: MessageEdit[] = [];
  for (const [, change] of [...changes].sort(([a], [b]) => a - b)) {
    const { segment, next } = change;
    const end = segment.offset + segment.length;
    const added = change.after.filter((text) => text !== "").map((text) => text + terminator).join("");
    if (change.deleted) {
      edits.push({ offset: segment.offset, length: next - segment.offset, text: added });
      continue;
    }
    if (change.text !== segment.text) edits.push(ofText(segment, change.text));
    // A last segment that was cut off gets the terminator that it lacks.
    if (added) edits.push(next > end ? { offset: next, length: 0, text: added } : { offset: end, length: 0, text: terminator + added });
  }
  return edits;
}

/** The number of a segment of the original after the changes before it. */
export function numberAfter(changes: Changes, index: number): number {
  let number = index;
  for (const [at, change] of changes) if (at < index) number += change.after.filter((text) => text !== "").length - (change.deleted ? 1 : 0);
  return number;
}

/** How far the bytes of a segment moved by the changes before it. */
function moved(changes: Changes, index: number, terminator: string): number {
  let by = 0;
  for (const edit of editsOf(new Map([...changes].filter(([at]) => at < index)), terminator)) by += encoder.encode(edit.text).length - edit.length;
  return by;
}

/** Takes over a suggestion, whose place is given in the bytes after the changes. `find` gives a segment of the original by its number. */
export function withSuggestion(changes: Changes, suggestion: Suggestion, terminator: string, find: (index: number) => Change | undefined): Map<number, Change> | null {
  const numbers = [suggestion.segment, ...[...changes.keys()].map((index) => index)];
  const lowest = Math.max(1, suggestion.segment - [...changes.values()].reduce((sum, change) => sum + change.after.length, 0));
  const highest = suggestion.segment + changes.size;
  for (let index = lowest; index <= highest; index += 1) numbers.push(index);
  const index = numbers.find((candidate) => numberAfter(changes, candidate) === suggestion.segment && !changes.get(candidate)?.deleted);
  const change = index === undefined ? undefined : (changes.get(index) ?? find(index));
  if (index === undefined || !change) return null;
  const start = change.segment.offset + moved(changes, index, terminator);
  const at = suggestion.edit.offset - start;
  const next = new Map(changes);
  if (suggestion.edit.length === 0 && at > change.text.length) {
    const text = suggestion.edit.text.endsWith(terminator) ? suggestion.edit.text.slice(0, -terminator.length) : suggestion.edit.text;
    next.set(index, { ...change, after: [...change.after, text] });
  } else {
    next.set(index, { ...change, text: change.text.slice(0, at) + suggestion.edit.text + change.text.slice(at + suggestion.edit.length) });
  }
  return next;
}

/** The one change between two texts of a file whose characters are all one byte, or null when it must be sent whole. */
export function editBetween(before: string, after: string): MessageEdit[] {
  if (before === after) return [];
  let head = 0;
  while (head < after.length && head < before.length && after[head] === before[head]) head += 1;
  let tail = 0;
  while (tail < after.length - head && tail < before.length - head && after[after.length - 1 - tail] === before[before.length - 1 - tail]) tail += 1;
  const bytes = (text: string) => encoder.encode(text).length;
  return [{ offset: bytes(before.slice(0, head)), length: bytes(before.slice(head, before.length - tail)), text: after.slice(head, after.length - tail) }];
}
