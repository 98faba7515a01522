import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stringify } from 'safe-stable-stringify';
import { InvalidInput, StartRefused } from '../../../errors.js';
import { payloadValidator } from '../../../validation/validator.js';
import { whyOf } from '../../../why.js';
import { TOKENIZER } from '../tokenizer.js';
import { BUILT_IN_POLICIES, POLICY_1 } from './built-in-policy.js';
import { ContextPolicy, SECTION_NAMES, type NamedPolicy } from './context-policy.js';

/**
 * Raised when the same policy and facts would give other bytes: the code that puts facts into words changed.
 */
const RENDERING = 1;
/** A file beyond this size is not a policy, bytes. */
const MAX_BYTES = 1_048_576;

const validate = payloadValidator(ContextPolicy);

/** The policies that contexts are made by: the present one, and those of older receipts. */
export class Policies {
  private readonly byVersion: ReadonlyMap<string, NamedPolicy>;

  constructor(
    readonly present: NamedPolicy,
    others: readonly NamedPolicy[] = [],
  ) {
    this.byVersion = new Map([...others, present].map((each) => [each.version, each]));
  }

  /**
   * The built-in policies, and those of the files before them: with these word vectors, if there are any, and
   * without, for receipts of before. Throws StartRefused with all that is wrong.
   */
  static read(files: readonly string[], wordVectors?: string): Policies {
    const policies = [...files.map(readPolicy), ...BUILT_IN_POLICIES];
    const [present, ...others] = policies.map((policy) => named(policy, wordVectors));
    const withoutWords = wordVectors === undefined ? [] : policies.map((policy) => named(policy));
    return new Policies(present as NamedPolicy, [...others, ...withoutWords]);
  }

  get(version: string): NamedPolicy | undefined {
    return this.byVersion.get(version);
  }
}

/** Names the policy by all that decides the bytes of its contexts. */
export function named(policy: ContextPolicy, wordVectors?: string): NamedPolicy {
  const words = wordVectors === undefined ? [] : [wordVectors];
  const content = stringify([RENDERING, TOKENIZER, policy, ...words]) ?? '';
  return { version: hash('sha256', content).slice(0, 16), policy, ...(wordVectors && { wordVectors }) };
}

function readPolicy(file: string): ContextPolicy {
  let given: unknown;
  try {
    const bytes = readFileSync(file);
    if (bytes.length > MAX_BYTES) throw new Error(`it has more than ${MAX_BYTES} bytes`);
    given = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw refused(file, [whyOf(cause)]);
  }
  return checked(file, merged(POLICY_1, given));
}

/** Validates a whole policy: its fields, and the places in its sentences. Throws StartRefused. */
function checked(file: string, policy: unknown): ContextPolicy {
  let valid: ContextPolicy;
  try {
    valid = validate(policy);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw refused(
      file,
      (error.errors ?? []).map(({ path, message }) => `${path || 'policy'}: ${message}`),
    );
  }
  const problems = [...wordProblems(valid), ...bandProblems(valid)];
  if (SECTION_NAMES.every((name) => valid.sections[name].share === 0))
    problems.push('sections: at least one share must be above 0');
  if (problems.length > 0) throw refused(file, problems);
  return valid;
}

function wordProblems({ words, sections }: ContextPolicy): string[] {
  const known: Record<string, string> = POLICY_1.words;
  const problems = Object.entries(words).flatMap(([name, sentence]) => {
    const model = known[name];
    if (model === undefined) return [`words.${name}: is unknown; known are ${Object.keys(known).join(', ')}`];
    if (typeof sentence !== 'string' || sentence.length > 500)
      return [`words.${name}: must be a text of at most 500 characters`];
    return unknownPlaces(`words.${name}`, sentence, placesIn(model));
  });
  const titles = SECTION_NAMES.flatMap((name) => [
    ...unknownPlaces(`sections.${name}.title`, sections[name].title, ['name']),
    ...unknownPlaces(
      `sections.${name}.note`,
      sections[name].note,
      name === 'conversation' ? ['name', 'date'] : ['name'],
    ),
  ]);
  return [...problems, ...titles];
}

function unknownPlaces(path: string, sentence: string, allowed: readonly string[]): string[] {
  const may =
    allowed.length === 0 ? 'has no places' : `may have ${allowed.map((name) => `{${name}}`).join(', ')}`;
  return placesIn(sentence)
    .filter((place) => !allowed.includes(place))
    .map((place) => `${path}: {${place}} is unknown; it ${may}`);
}

function placesIn(sentence: string): string[] {
  return [...sentence.matchAll(/\{(\w*)\}/g)].map(([, place = '']) => place);
}

function bandProblems({ levels }: ContextPolicy): string[] {
  return Object.entries(levels).flatMap(([name, bands]: [string, { below: number }[]]) =>
    bands.every(({ below }, i) => i === 0 || below > (bands[i - 1]?.below ?? 0))
      ? []
      : [`levels.${name}: each "below" must be above the one before it`],
  );
}

/** What the file gives replaces what the built-in policy has, field by field; lists are replaced whole. */
function merged(base: unknown, given: unknown): unknown {
  if (!isObject(base) || !isObject(given)) return given;
  const fields = Object.entries(given).map(([name, value]) => [
    name,
    Object.hasOwn(base, name) ? merged(base[name], value) : value,
  ]);
  return { ...base, ...Object.fromEntries(fields) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(file: string, problems: readonly string[]): StartRefused {
  const list = problems.map((problem) => `  ${problem}`).join('\n');
  return new StartRefused(`CONTEXT_POLICY=${JSON.stringify(file)} is not a policy:\n${list}`);
}
