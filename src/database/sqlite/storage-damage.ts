import type Database from 'better-sqlite3';
import { DamagedDatabase } from '../../errors.js';
import { whyOf } from '../../why.js';
import { damageIn } from './sqlite-errors.js';

/** Most lines of damage that are listed. */
const MAX_LINES = 20;

type Check = 'integrity_check' | 'quick_check';

/**
 * Returns the damage that SQLite's own check finds, a line each, with page or table where that can be known.
 * Throws ForeignDatabase if the file is no database, and DiskFailure for a page that cannot be read now.
 */
export function storageDamage(db: Database.Database, check: Check): string[] {
  try {
    return linesOf(db, check, String(MAX_LINES));
  } catch (error) {
    // The file is too damaged for the check to go through all of it: each table is checked for itself.
    if (error instanceof DamagedDatabase && error.name === DamagedDatabase.name)
      return damagedTables(db, check, error);
    throw error;
  }
}

function damagedTables(db: Database.Database, check: Check, whole: DamagedDatabase): string[] {
  const found: string[] = [];
  for (const table of tablesOf(db)) {
    try {
      found.push(...linesOf(db, check, table).map((line) => `table ${table}: ${line}`));
    } catch (error) {
      if (!(error instanceof DamagedDatabase)) throw error;
      found.push(`table ${table}: ${whyOf(error.cause)}`);
    }
    if (found.length >= MAX_LINES) break;
  }
  return found.length > 0 ? found.slice(0, MAX_LINES) : [whyOf(whole.cause)];
}

/** Without FTS5's virtual tables, whose content is in ordinary tables. */
function tablesOf(db: Database.Database): string[] {
  const sql = `select name from sqlite_schema where type = 'table' and sql not like 'create virtual%' order by name`;
  try {
    return db.prepare(sql).pluck().all() as string[];
  } catch (error) {
    if (error instanceof DamagedDatabase) return [];
    throw error;
  }
}

function linesOf(db: Database.Database, check: Check, argument: string): string[] {
  const rows = db.pragma(`${check}(${argument})`) as Record<Check, string>[];
  // One row may hold many lines, of which only the first says in which database they are.
  const lines = rows.flatMap((row) => row[check].split('\n'));
  return damageIn(lines.filter((line) => !line.startsWith('*** in database'))).slice(0, MAX_LINES);
}
