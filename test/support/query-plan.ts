import type Database from 'better-sqlite3';

/** Reads the head of the log: the only allowed scan, which stops at the first row. */
const HEAD_QUERY = /^select position, hash, recorded_at from events order by position desc limit 1$/;
/**
 * Steps that scan no table of users: the one row that names the store, the few erasures and erasing
 * retractions that are pending, what was taken back of a page of the log, short lists of values, or the
 * full-text index by its terms. An index number from 256 means that the vocabulary of the index is read for
 * one term, one from 1536 that it is read from one term to another. A recursive search steps from row to row,
 * and SEARCH alone reads the row with the greatest key.
 */
const STEP_WITHOUT_SCAN =
  /^(SCAN store_identity|LIST SUBQUERY \d+|(?:CORRELATED )?SCALAR SUBQUERY \d+|MATERIALIZE search|CO-ROUTINE search|SETUP|RECURSIVE STEP|SCAN CONSTANT ROW|SCAN (?:s|search)|SEARCH events|SEARCH e USING COVERING INDEX retracted_events_position \(position>\? AND position<\?\)|SEARCH erasures USING (?:COVERING )?INDEX erasures_pending \(pending=\?\)|SEARCH retractions USING COVERING INDEX retractions_erasure \(erasure=\?\)|CREATE BLOOM FILTER|SCAN json_each VIRTUAL TABLE.*|SCAN \w+ VIRTUAL TABLE INDEX \d+:M.*|SCAN temp\.\w+_fts_\w+ VIRTUAL TABLE INDEX (?:2(?:5[6-9]|[6-9]\d)|15[4-9]\d|153[6-9]|1[67]\d\d):)$/;

interface Step {
  detail: string;
}

/** The steps of a statement's plan that scan rows of more than one user, or sort. */
export function costlySteps(db: Database.Database, sql: string): string[] {
  const steps = (db.prepare(`explain query plan ${sql}`).all() as Step[]).map(({ detail }) => detail);
  return steps.filter((step) => !isCheap(db, sql, step));
}

function isCheap(db: Database.Database, sql: string, step: string): boolean {
  if (STEP_WITHOUT_SCAN.test(step)) return true;
  if (HEAD_QUERY.test(sql)) return step === 'SCAN events';
  const search =
    /^SEARCH (\w+) USING (?:COVERING )?(INTEGER PRIMARY KEY|PRIMARY KEY|INDEX \w+) \((.+)\)$/.exec(step);
  if (!search) return false;
  const [, name = '', by = '', terms = ''] = search;
  if (by === 'INTEGER PRIMARY KEY') return true;
  // A stream belongs to one user.
  if (/^(user_id|stream_key)=\?/.test(terms)) return true;
  const index = by.startsWith('INDEX ') ? by.slice(6) : primaryKeyOf(db, name);
  // Otherwise it must be a single row, found by all columns of a unique key.
  return (
    terms ===
    keyColumns(db, index)
      .map((column) => `${column}=?`)
      .join(' AND ')
  );
}

interface IndexInfo {
  name: string;
  origin: string;
  unique: number;
}

function primaryKeyOf(db: Database.Database, table: string): string {
  const indexes = db.pragma(`index_list(${table})`) as IndexInfo[];
  return indexes.find(({ origin }) => origin === 'pk')?.name ?? '';
}

function keyColumns(db: Database.Database, index: string): string[] {
  return (db.pragma(`index_info(${index})`) as { name: string }[]).map(({ name }) => name);
}
