/** Container numbers as typed, with blanks, commas or line breaks between, each once. */
export const numbers = (text: string) => [...new Set(text.split(/[\s,，;；、]+/).filter(Boolean))];
