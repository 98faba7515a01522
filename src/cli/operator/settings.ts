import { InvalidInput } from '../../errors.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import type { SettingValues, Settings } from '../../projections/projection.js';

/** The settings of all projections, for `--help`. */
export function settingsText(): string {
  return PROJECTIONS.filter(({ settings }) => Object.keys(settings).length > 0)
    .flatMap(({ name, settings }) => [`  ${name}`, ...linesOf(settings)])
    .join('\n');
}

function linesOf(settings: Settings): string[] {
  return Object.entries(settings).map(
    ([name, { default: byDefault, min, max, about }]) =>
      `    ${name.padEnd(20)} ${about}: ${min} to ${max}, ${byDefault} by default`,
  );
}

/**
 * Parses `setting=value` texts. Throws InvalidInput, with all that can be set, for an unknown setting or a
 * value out of its range.
 */
export function valuesOf(projection: string, texts: readonly string[]): SettingValues {
  const settings = PROJECTIONS.find(({ name }) => name === projection)?.settings ?? {};
  return Object.fromEntries(texts.map((text) => valueOf(projection, settings, text)));
}

function valueOf(projection: string, settings: Settings, text: string): [string, number] {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [text, text];
  const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
  if (!setting) {
    const names = Object.keys(settings);
    const valid = names.length > 0 ? `it has ${names.join(', ')}` : 'it has no settings';
    throw InvalidInput.field('--set', `${projection} has no setting "${name}"; ${valid}`);
  }
  const { min, max } = setting;
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= min && number <= max) return [name, number];
  throw InvalidInput.field('--set', `${name} must be a whole number from ${min} to ${max}, not "${value}"`);
}
