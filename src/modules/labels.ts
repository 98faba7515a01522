/** A label as it is kept, so that "Joy" and "joy " are one emotion. */
export function label(text: string): string {
  return text.trim().toLowerCase() || text;
}

/** Labels as they are kept, each once, in the order given. */
export function labels(texts: readonly string[] | undefined): string[] {
  return [...new Set((texts ?? []).map(label))];
}

/** The stream of a user's emotions. */
export function emotionStream(userId: string): string {
  return `emotion:${userId}`;
}
