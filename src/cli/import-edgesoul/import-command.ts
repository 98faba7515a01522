import { hash } from 'node:crypto';
import { ID_PATTERN } from '../../validation/fields.js';

/** A command as a batch takes it (`POST /v1/commands`). */
export interface ImportCommand {
  command: 'ChangeProfile' | 'FormMemory' | 'ImportEmotionPattern' | 'ImportWindow' | 'RecordTurn';
  userId: string;
  /** Where the state does not tell whether the command was executed before. */
  idempotencyKey?: string;
  [field: string]: unknown;
}

/** A row whose commands are to be executed; a row that is refused has none. */
export interface ImportRow {
  /** What names it in the source. */
  name: string;
  commands: ImportCommand[];
}

/** Why a row cannot be imported. */
export class RowRefused extends Error {}

/** The key of a command that follows from what it writes: another run has the same. */
export function keyOf(kind: string, ...parts: unknown[]): string {
  return `edgesoul-import:${kind}:${digest(parts)}`;
}

/** An id in place of one that the service does not take. */
export function idInPlaceOf(...parts: unknown[]): string {
  return `edgesoul-${digest(parts)}`;
}

/** The user of a row. Throws RowRefused for an id that the service does not take. */
export function userIdOf(id: string | undefined): string {
  if (id === undefined) throw new RowRefused('no user id');
  if (!ID_PATTERN.test(id))
    throw new RowRefused('a user id with other characters than A-Z a-z 0-9 . _ - : @');
  return id;
}

function digest(parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(parts), 'hex').slice(0, 32);
}
