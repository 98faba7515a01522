/**
 * Returns what of a value JSON cannot hold, as part of a sentence: a date, a map, a number that is not
 * finite. Undefined if JSON can hold it all; a field that is undefined counts as left out.
 */
export function notJson(value: unknown, path = 'the row'): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}`;
  if (typeof value !== 'object') return `${path} is a ${typeof value}`;
  if (Array.isArray(value)) return firstOf(value.entries(), (index) => `${path}[${index}]`);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    return `${path} is a ${(prototype as object).constructor.name}`;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return firstOf(fields, (name) => (path === 'the row' ? name : `${path}.${name}`));
}

function firstOf<Name>(
  entries: Iterable<[Name, unknown]>,
  pathOf: (name: Name) => string,
): string | undefined {
  for (const [name, value] of entries) {
    const found = notJson(value, pathOf(name));
    if (found !== undefined) return found;
  }
  return undefined;
}
