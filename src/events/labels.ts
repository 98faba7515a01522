/** Printable ASCII in lower case with single blanks between words: already the normal form. */
const NORMAL_ASCII = /^[!-@[-~]+(?: [!-@[-~]+)*$/;
/**
 * Characters that show nothing: zero-width spaces, soft hyphens, variation selectors. Joiners and tag
 * characters stay: they make one emoji of several characters.
 */
const INVISIBLE = /(?![\u200c-\u200d\u{e0020}-\u{e007f}])\p{Default_Ignorable_Code_Point}/gu;
const OUTER_SPACE = /^[\s\u200c-\u200d]+|[\s\u200c-\u200d]+$/gu;

/**
 * The normal form of a label: two texts are one emotion, trigger or topic exactly when their normal forms are
 * equal. NFKC (Unicode UAX #15), lower case of no locale, single inner spaces, no invisible characters.
 * Applying it again changes nothing.
 */
export function label(text: string): string {
  if (NORMAL_ASCII.test(text)) return text;
  return (
    text
      .normalize('NFKC')
      .replaceAll(INVISIBLE, '')
      .toLowerCase()
      // The Turkish capital İ becomes i with a combining dot above.
      .replaceAll('i\u0307', 'i')
      // Lower case may combine where the capital did not.
      .normalize('NFKC')
      .replaceAll(/\s+/g, ' ')
      .replaceAll(OUTER_SPACE, '')
  );
}

/** Returns the normal forms of labels: each once, in the given order, without blank ones. */
export function labels(texts: readonly string[] | undefined): string[] {
  return [...new Set((texts ?? []).map(label))].filter((text) => text !== '');
}

/**
 * Returns texts that count as one when their labels are equal, each once as it is spelled first: trimmed,
 * NFC, single inner spaces, without blank ones.
 */
export function spellings(texts: readonly string[] | undefined): string[] {
  const first = new Map<string, string>();
  for (const text of texts ?? []) {
    const same = label(text);
    if (same !== '' && !first.has(same))
      first.set(same, text.normalize('NFC').replaceAll(/\s+/g, ' ').trim());
  }
  return [...first.values()];
}
