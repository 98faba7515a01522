/** Returns a label as it is stored: trimmed and in lower case, so that "Joy" and "joy " are one emotion. */
export function label(text: string): string {
  return text.trim().toLowerCase();
}

/** Returns labels as they are stored: each once, in the given order, without blank ones. */
export function labels(texts: readonly string[] | undefined): string[] {
  return [...new Set((texts ?? []).map(label))].filter((text) => text !== '');
}
