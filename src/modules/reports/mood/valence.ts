import { InvalidInput } from '../../../errors.js';
import { label } from '../../../events/labels.js';
import type { EmotionFact } from '../../../projections/facts.js';

/** An observation's valence is an integer in units of 1 / VALENCE_SCALE: hundredths times millionths. */
export const VALENCE_SCALE = 1e8;
const HUNDREDTHS = 100;
/** Overrides in one query. */
const MAX_OVERRIDES = 100;
const MAX_LABEL = 100;

/**
 * Valence of each emotion, in hundredths. `russell-mehrabian-1977`: the pleasure of the terms joyful, happy,
 * loved, surprised, sad, angry, fearful and disgusted in Russell and Mehrabian, "Evidence for a three-factor
 * theory of emotions" (1977), 10.1016/0092-6566(77)90037-X; neutral is 0 by convention. `sign`: only whether
 * an emotion is pleasant.
 */
const MAPPINGS = {
  'russell-mehrabian-1977': {
    joy: 76,
    happiness: 81,
    love: 87,
    surprise: 40,
    neutral: 0,
    sadness: -63,
    anger: -51,
    fear: -64,
    disgust: -60,
  },
  sign: {
    joy: 100,
    love: 100,
    surprise: 100,
    neutral: 0,
    sadness: -100,
    anger: -100,
    fear: -100,
    disgust: -100,
  },
} as const;

/** The name of a mapping. */
export type MappingName = keyof typeof MAPPINGS;

/** The names of the mappings; the first is the default. */
export const MAPPING_NAMES = Object.keys(MAPPINGS) as [MappingName, ...MappingName[]];

/** The mappings as reports show them: a valence in -1..1 for each emotion. */
export const VALENCE_MAPPINGS = Object.fromEntries(
  MAPPING_NAMES.map((name) => [
    name,
    Object.fromEntries(
      Object.entries(MAPPINGS[name]).map(([emotion, value]) => [emotion, value / HUNDREDTHS]),
    ),
  ]),
);

/** The parameters that say what an emotion is worth, checked and complete. */
export interface ValenceQuery {
  mapping: MappingName;
  /** Valences that differ from the mapping, by emotion in its normal form; -1..1. */
  valence?: Readonly<Record<string, number>>;
}

/** The same parameters as they are sent. */
export interface SentValence {
  mapping?: MappingName;
  /** Such as `surprise:0,calm:0.6`. */
  valence?: string;
}

/** Fills in the default mapping, and reads the valences. Throws InvalidInput. */
export function resolveValence({ mapping = MAPPING_NAMES[0], valence }: SentValence): ValenceQuery {
  if (valence === undefined) return { mapping };
  const parts = valence.split(',');
  if (parts.length > MAX_OVERRIDES) {
    throw InvalidInput.field('valence', `must have at most ${MAX_OVERRIDES} parts, has ${parts.length}`);
  }
  const overrides = new Map<string, number>();
  for (const part of parts) {
    const [emotion, value] = override(part);
    if (overrides.has(emotion)) throw InvalidInput.field('valence', `names ${emotion} twice`);
    overrides.set(emotion, value);
  }
  const sorted = [...overrides].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { mapping, valence: Object.fromEntries(sorted) };
}

function override(part: string): [emotion: string, value: number] {
  const colon = part.lastIndexOf(':');
  const emotion = label(part.slice(0, Math.max(0, colon)));
  const text = part.slice(colon + 1).trim();
  const isNumber = /^-?(?:0(?:\.\d{1,2})?|1(?:\.00?)?)$/.test(text);
  if (emotion !== '' && emotion.length <= MAX_LABEL && isNumber) return [emotion, Number(text) + 0];
  const rule =
    'label:number, with a number from -1 to 1 of at most two decimals, such as surprise:0,calm:0.6';
  throw InvalidInput.field('valence', `must be ${rule}; is ${JSON.stringify(part.slice(0, MAX_LABEL))}`);
}

/** Returns the valence of an observation, V(emotion) x intensity, in units of 1e-8; undefined if unmapped. */
export type ValenceOf = (observed: EmotionFact) => number | undefined;

export function valenceOf({ mapping, valence = {} }: ValenceQuery): ValenceOf {
  const hundredths = new Map<string, number>(Object.entries(MAPPINGS[mapping]));
  for (const [emotion, value] of Object.entries(valence))
    hundredths.set(emotion, Math.round(value * HUNDREDTHS));
  return ({ emotion, micros }) => {
    const worth = hundredths.get(emotion);
    // Adding 0 makes a zero of -0.
    return worth === undefined ? undefined : worth * micros + 0;
  };
}
