import type { Column } from '../../formats/column.js';
import type { ScratchRow } from '../../store/open-scratch-rows.js';
import { isInstant } from '../../validation/instants.js';
import type { ColumnType, FoldDefinition } from './define-fold.js';
import { badRow } from './replay-errors.js';

const KEY: Column = { name: 'key', type: 'text', nullable: false };

/** Yields the rows with their keys. Throws InvalidInput for a row that has a field called `key`. */
export function* keyedRows(fold: string, rows: Iterable<ScratchRow>): Generator<Record<string, unknown>> {
  for (const { key, json } of rows) {
    const row = JSON.parse(json) as Record<string, unknown>;
    if ('key' in row)
      throw badRow(fold, key, 'it has a field "key", which is the name of its key; rename it');
    yield { key, ...row };
  }
}

/**
 * Returns the columns of the rows: those that the fold declares, else the fields of the rows in the order in
 * which they come first. Throws InvalidInput for a row that does not fit what is declared.
 */
export function columnsOfRows(
  { name, columns: declared }: Pick<FoldDefinition, 'name' | 'columns'>,
  rows: Iterable<ScratchRow>,
): Column[] {
  const seen = new Map<string, ColumnType | undefined>(Object.entries(declared ?? {}));
  for (const { key, ...row } of keyedRows(name, rows)) {
    for (const [field, value] of Object.entries(row)) {
      if (declared) checkField(name, key as string, declared, { field, value });
      else seen.set(field, wider(seen.get(field), typeOf(value)));
    }
  }
  // A field that is null in every row.
  const columns = [...seen].map(([field, type = 'text']): Column => ({ name: field, type, nullable: true }));
  return [KEY, ...columns];
}

const FITS: Record<ColumnType, (value: unknown) => boolean> = {
  text: (value) => typeof value === 'string',
  integer: (value) => Number.isSafeInteger(value),
  real: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  timestamp: (value) => Number.isSafeInteger(value) || isInstant(value),
  json: () => true,
};

function checkField(
  fold: string,
  key: string,
  declared: Readonly<Record<string, ColumnType>>,
  { field, value }: { field: string; value: unknown },
): void {
  const type = Object.hasOwn(declared, field) ? declared[field] : undefined;
  if (type === undefined) {
    const names = Object.keys(declared).join(', ');
    throw badRow(
      fold,
      key,
      `it has a column "${field}" that the fold does not declare; declared are ${names}`,
    );
  }
  if (value === null || FITS[type](value)) return;
  throw badRow(fold, key, `its ${field} is ${JSON.stringify(value)?.slice(0, 100)}, which is no ${type}`);
}

function typeOf(value: unknown): ColumnType | undefined {
  if (value === null) return undefined;
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'real';
  return 'json';
}

/** The narrowest type that has the values of both; undefined stands for nulls only. */
function wider(one: ColumnType | undefined, other: ColumnType | undefined): ColumnType | undefined {
  if (one === undefined || one === other) return other ?? one;
  if (other === undefined) return one;
  return isNumber(one) && isNumber(other) ? 'real' : 'json';
}

function isNumber(type: ColumnType): boolean {
  return type === 'integer' || type === 'real';
}
