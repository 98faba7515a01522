import { terms, words } from '../../database/full-text.js';
import { stem, stemmedLanguage } from '../../database/stems.js';

const SENTENCE = /[^.!?。！？؟\n]+[.!?。！？؟]*/gu;
const QUESTION_MARK = /[?？؟]\s*$/;
const PLACE = /\b(?:in|at|to|from|near|visit|visited|visiting) (?:the )?\p{Lu}/u;
/** A name of at most four words before a colon and a space, as in the log of a chat. */
const LABEL = /^\s*(\p{L}[^\s:]*(?: [^\s:]+){0,3}):\s/u;

/** Is in the index for a memory that says where; no word has an underscore. */
export const PLACE_TERM = '__place';

/** Returns the terms of a memory's texts, each once. */
export function memoryTerms({
  content,
  context,
  language,
}: Texts & { language: string | null }): Set<string> {
  const own = stemmedLanguage(language);
  return new Set(context ? [...terms(content, own), ...terms(context, own)] : terms(content, own));
}

/** Returns which share of a text, by characters, are sentences that ask something: 0..1. */
export function questionShare(text: string): number {
  if (!/[?？؟]/.test(text)) return 0;
  let all = 0;
  let asking = 0;
  for (const [sentence] of text.matchAll(SENTENCE)) {
    all += sentence.length;
    if (QUESTION_MARK.test(sentence)) asking += sentence.length;
  }
  return all === 0 ? 0 : asking / all;
}

/** Whether the texts say where: a name with a capital letter after a word such as "in" or "visited". */
export function namesPlace({ content, context }: Texts): boolean {
  return PLACE.test(content) || PLACE.test(context ?? '');
}

/** Returns the terms that stand for the words of the label of a memory, which begins with "Name: ". */
export function labelTerms({ content }: Texts): string[] {
  const label = LABEL.exec(content)?.[1];
  return label === undefined ? [] : words(label).map(labelTerm);
}

/** Returns the term that stands for a word of a label. */
export function labelTerm(word: string): string {
  return `_${stem(word)}`;
}

/** Returns the terms of a memory beside its words. */
export function furtherTerms(memory: Texts): string[] {
  return namesPlace(memory) ? [...labelTerms(memory), PLACE_TERM] : labelTerms(memory);
}

/** The texts of a memory. */
interface Texts {
  content: string;
  context: string | null;
}
