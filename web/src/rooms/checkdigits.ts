// Check digits that can be told wrong while somebody types. The platform checks again when the form is sent; this file only saves the round trip.
// It knows no form and no page.

const letterValues: ReadonlyMap<string, number> = (() => {
  const values = new Map<string, number>();
  let value = 10;
  for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
    // ISO 6346 leaves out 11 and its multiples.
    if (value % 11 === 0) value += 1;
    values.set(letter, value);
    value += 1;
  }
  return values;
})();

/** Check digit of a container number (集装箱号, ISO 6346) from its first ten characters; null when they have another shape. */
export function containerCheckDigit(stem: string): number | null {
  if (!/^[A-Z]{3}[UJZ]\d{6}$/.test(stem)) return null;
  let sum = 0;
  for (let place = 0; place < 10; place += 1) {
    const character = stem[place] as string;
    sum += (letterValues.get(character) ?? Number(character)) * 2 ** place;
  }
  return (sum % 11) % 10;
}

export type NumberFault = { kind: "form" } | { kind: "check-digit"; expected: string };

/** What is wrong with a container number, or null when nothing is. */
export function containerNumberFault(number: string): NumberFault | null {
  const text = number.trim().toUpperCase();
  if (!/^[A-Z]{3}[UJZ]\d{7}$/.test(text)) return { kind: "form" };
  const expected = String(containerCheckDigit(text.slice(0, 10)));
  return text.endsWith(expected) ? null : { kind: "check-digit", expected };
}

/** What is wrong with an IMO ship number (国际海事组织编号): seven digits, weights 7 to 2. */
export function imoNumberFault(number: string): NumberFault | null {
  const text = number
    .trim()
    .toUpperCase()
    .replace(/^IMO\s*/, "");
  if (!/^\d{7}$/.test(text)) return { kind: "form" };
  const sum = [...text.slice(0, 6)].reduce((total, digit, place) => total + Number(digit) * (7 - place), 0);
  const expected = String(sum % 10);
  return text.endsWith(expected) ? null : { kind: "check-digit", expected };
}

const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const usccWeights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** What is wrong with a unified social credit code (统一社会信用代码, GB 32100): eighteen characters, modulo 31. */
export function usccFault(code: string): NumberFault | null {
  const text = code.trim().toUpperCase();
  if (text.length !== 18 || [...text].some((character) => !usccAlphabet.includes(character))) return { kind: "form" };
  const sum = usccWeights.reduce((total, weight, place) => total + weight * usccAlphabet.indexOf(text[place] as string), 0);
  const expected = usccAlphabet[(31 - (sum % 31)) % 31] as string;
  return text.endsWith(expected) ? null : { kind: "check-digit", expected };
}

const decimal = /^\d{1,14}(\.\d{1,5})?$/;

/** Whether a text is a plain positive decimal number as weights and amounts are written. */
export function isPositiveDecimal(text: string): boolean {
  return decimal.test(text.trim()) && Number(text) > 0;
}
