import { NotAcceptable } from '../errors.js';
import { MEDIA_TYPES } from '../formats/row-format.js';
import { weightedChoices } from './weighted-choices.js';

/** The formats that an answer of rows may have, as the `format` parameter names them. */
export type AnswerFormat = keyof typeof MEDIA_TYPES;

/** The names of the formats; the first one is the default. */
export const ANSWER_FORMATS = Object.keys(MEDIA_TYPES) as AnswerFormat[];

/** Request headers on which an answer of rows depends. */
export const VARY = 'Accept, Accept-Encoding';

/**
 * Returns the format of an answer of rows: the one that the query names, else the one that `Accept` prefers;
 * at equal weights the one that it names first. Throws NotAcceptable if it takes none.
 */
export function answerFormat(accept: string | undefined, named?: AnswerFormat): AnswerFormat {
  if (named !== undefined) return named;
  const weights = weightedChoices(accept ?? '');
  if (weights.size === 0) return 'json';
  const order = [...weights.keys()];
  const taken = ANSWER_FORMATS.flatMap((format) => {
    const range = rangesOf(MEDIA_TYPES[format]).find((each) => weights.has(each));
    const weight = range === undefined ? 0 : (weights.get(range) ?? 0);
    // What a range takes in comes after what is named.
    const place = range === MEDIA_TYPES[format] ? order.indexOf(range) : order.length;
    return weight > 0 ? [{ format, weight, place }] : [];
  });
  const [best] = taken.toSorted((a, b) => b.weight - a.weight || a.place - b.place);
  if (!best) throw NotAcceptable.formats(Object.values(MEDIA_TYPES));
  return best.format;
}

/** Returns the `Content-Type` of an answer in the format. */
export function contentType(format: AnswerFormat): string {
  if (format === 'csv') return `${MEDIA_TYPES.csv}; charset=utf-8; header=present`;
  return format === 'json' ? `${MEDIA_TYPES.json}; charset=utf-8` : MEDIA_TYPES[format];
}

/** What an `Accept` header may call a media type, the most specific first. */
function rangesOf(type: string): string[] {
  return [type, `${type.split('/')[0]}/*`, '*/*'];
}
