const MAX_DEPTH = 30;

/** A text without U+0000 and halves of surrogate pairs, which no database can hold. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '');
}

/** At most the first `max` characters (Unicode code points). */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const characters = [...text];
  return characters.length <= max ? text : characters.slice(0, max).join('');
}

/** A JSON value in which every text can be stored, without what is nested too deeply. */
export function cleanJson(value: unknown): { value: unknown; changed: boolean } {
  const state = { changed: false };
  return { value: cleaned(value, MAX_DEPTH, state), changed: state.changed };
}

function cleaned(value: unknown, depth: number, state: { changed: boolean }): unknown {
  if (typeof value === 'string') {
    const text = cleanText(value);
    if (text !== value) state.changed = true;
    return text;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) {
    state.changed = true;
    return null;
  }
  if (Array.isArray(value)) return value.map((item) => cleaned(item, depth - 1, state));
  const fields = Object.entries(value).filter(([name]) => name !== '__proto__');
  if (fields.length < Object.keys(value).length) state.changed = true;
  return Object.fromEntries(
    fields.map(([name, item]) => [cleaned(name, depth, state) as string, cleaned(item, depth - 1, state)]),
  );
}
