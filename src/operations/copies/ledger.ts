import { hash as sha } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { GENESIS } from '../../events/log/event-hash.js';
import { takeLock, type FolderLock } from '../../store/sqlite/folder-lock.js';
import { damagedBackup, folderLocked, unreadableBackup } from '../backup/backup-errors.js';
import { writeWhole } from '../backup/backup-folder.js';
import type { LedgerStamp } from '../backup/manifest.js';

// The erasure ledger of a store: who was erased, when and at which position; nothing of what they said. It is a
// file of its own beside the backups, so that a backup from before an erasure cannot bring the person back.

/** An erasure, as the event that says so has it. */
export interface LoggedErasure {
  /** The id of the event. */
  erasureId: string;
  userId: string;
  /** Position of the event in the log that it was written to: it covers the user's events before. */
  position: number;
  /** Hash of the event, 64 hex digits: with the position it tells logs apart. */
  hash: string;
  /** When the event was recorded, ms UTC. */
  erasedAt: number;
  /** Position of the user's first event. */
  from: number;
  /** The erasure that it repeats, after a restore or an import; null for one that was asked for. */
  repeats: string | null;
}

/** A line of the ledger. */
export interface LedgerEntry extends LoggedErasure {
  /** 1, 2, 3, … */
  entry: number;
  /** Digest of the line before; GENESIS for the first. */
  previous: string;
  /** SHA-256 of the digest before and all that the line says, 64 hex digits. */
  digest: string;
}

/** More than any line has: ids are at most 128 characters. */
const MAX_LINE_BYTES = 4_096;
/** How often the ledger's lock is asked for, and the pause between, ms. Its holder only writes a small file. */
const LOCK_ATTEMPTS = 200;
const LOCK_RETRY_MS = 50;

/** What is erased in the end: a repetition has the id of the erasure that was asked for. */
export function rootOf({ repeats, erasureId }: Pick<LoggedErasure, 'repeats' | 'erasureId'>): string {
  return repeats ?? erasureId;
}

/** The name of a store's ledger in the backup folder. */
export function ledgerName(storeId: string): string {
  return `edgesoul_erasures_${storeId}.ndjson`;
}

/** Reads the whole ledger; empty if there is none. Throws Corrupt if a line was changed, added or lost. */
export async function readLedger(folder: string, storeId: string): Promise<LedgerEntry[]> {
  const path = join(folder, ledgerName(storeId));
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if ((cause as { code?: string }).code === 'ENOENT') return '';
    throw unreadableBackup(path, cause);
  });
  let previous = GENESIS;
  return text
    .split('\n')
    .slice(0, -1)
    .map((line, i) => {
      const entry = parsed(line);
      if (entry?.entry !== i + 1 || entry.previous !== previous || entry.digest !== digestOf(entry))
        throw damagedBackup(path, `line ${i + 1} is not what was written`);
      previous = entry.digest;
      return entry;
    });
}

/**
 * Returns how far the ledger goes, from its last line alone; undefined if there is none, or none that can be
 * used: then what is made now counts as having everyone, and is rewritten once the ledger is there.
 */
export async function lastStamp(folder: string, storeId: string): Promise<LedgerStamp | undefined> {
  const path = join(folder, ledgerName(storeId));
  const file = await open(path).catch(() => undefined);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - MAX_LINE_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_LINE_BYTES), 0, MAX_LINE_BYTES, start);
    const last = buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n').at(-1) ?? '';
    const entry = parsed(last);
    return entry && entry.digest === digestOf(entry) ? stampOf([entry]) : undefined;
  } finally {
    await file.close();
  }
}

/** The stamp of a copy that is free of everyone in the ledger; undefined if nobody was erased. */
export function stampOf(ledger: readonly LedgerEntry[]): LedgerStamp | undefined {
  const last = ledger.at(-1);
  return last && { entries: last.entry, digest: last.digest };
}

/** How many entries of this ledger the stamp stands for; 0 for a stamp of another one. */
export function stampedEntries(stamp: LedgerStamp | undefined, ledger: readonly LedgerEntry[]): number {
  return stamp && ledger[stamp.entries - 1]?.digest === stamp.digest ? stamp.entries : 0;
}

/** Adds the erasures that the ledger lacks; the file is complete on disk, or as it was. Returns the ledger. */
export async function extendLedger(
  folder: string,
  storeId: string,
  erasures: readonly LoggedErasure[],
): Promise<LedgerEntry[]> {
  const lock = await lockOf(folder);
  try {
    const ledger = await readLedger(folder, storeId);
    const extended = ledgerWith(ledger, erasures);
    if (extended.length === ledger.length) return ledger;
    const text = extended.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    await writeWhole(folder, ledgerName(storeId), text);
    return extended;
  } finally {
    lock.close();
  }
}

/** Returns the ledger with the erasures that it lacks at its end. */
export function ledgerWith(
  ledger: readonly LedgerEntry[],
  erasures: readonly LoggedErasure[],
): LedgerEntry[] {
  const known = new Set(ledger.map(({ erasureId }) => erasureId));
  const extended = [...ledger];
  for (const erasure of erasures)
    if (!known.has(erasure.erasureId)) extended.push(nextEntry(extended, erasure));
  return extended;
}

function nextEntry(ledger: readonly LedgerEntry[], erasure: LoggedErasure): LedgerEntry {
  const { erasureId, userId, position, hash, erasedAt, from, repeats } = erasure;
  const numbered = { entry: ledger.length + 1, erasureId, userId, position, hash, erasedAt, from, repeats };
  const chained = { ...numbered, previous: ledger.at(-1)?.digest ?? GENESIS };
  return { ...chained, digest: digestOf(chained) };
}

function digestOf(entry: Omit<LedgerEntry, 'digest'>): string {
  const { previous, entry: number, erasureId, userId, position, hash, erasedAt, from, repeats } = entry;
  const said = [previous, number, erasureId, userId, position, hash, erasedAt, from, repeats];
  return sha('sha256', JSON.stringify(said), 'hex');
}

function parsed(line: string): LedgerEntry | undefined {
  try {
    return JSON.parse(line) as LedgerEntry;
  } catch {
    return undefined;
  }
}

async function lockOf(folder: string): Promise<FolderLock> {
  for (let attempt = 0; attempt < LOCK_ATTEMPTS; attempt++) {
    const lock = takeLock(join(folder, 'erasures.lock'));
    if (lock) return lock;
    await pause(LOCK_RETRY_MS);
  }
  throw folderLocked(folder, 'rewriting');
}
