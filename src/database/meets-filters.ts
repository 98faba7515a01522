import type { Filter } from './row-store.js';
import { compareKeyParts, type Key } from './table.js';

/** Whether a row meets every filter, as the databases compare. */
export function meetsFilters(row: object, filters: readonly Filter[]): boolean {
  return filters.every((filter) => meets(row as Record<string, Key | null | undefined>, filter));
}

function meets(
  row: Readonly<Record<string, Key | null | undefined>>,
  [column, operator, value]: Filter,
): boolean {
  const actual = row[column];
  const isNull = actual === null || actual === undefined;
  if (isNull || operator === 'is null') return isNull && operator.startsWith('is null');
  // In memory there are no rows of others.
  if (operator === 'is not being erased') return true;
  if (operator === 'in') return (value as readonly Key[]).includes(actual);
  const order = compareKeyParts(actual, value as Key);
  if (operator === '=') return order === 0;
  if (operator === '>=') return order >= 0;
  if (operator === '<=') return order <= 0;
  return operator === '<' ? order < 0 : order > 0;
}
