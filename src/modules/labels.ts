/** A label as it is kept, so that "Joy" and "joy " are one emotion. */
export function label(text: string): string {
  return text.trim().toLowerCase();
}

/** Labels as they are kept, each once, in the order given, without blank ones. */
export function labels(texts: readonly string[] | undefined): string[] {
  return [...new Set((texts ?? []).map(label))].filter((known) => known !== '');
}
