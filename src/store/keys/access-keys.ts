import type { Rows } from '../../database/row-store.js';
import { NotFound, Refused } from '../../errors.js';
import { inBatch } from '../../events/log/in-batch.js';
import { accessKeysTable, storeMarksTable, type AccessKeyRow } from '../../events/log/log-tables.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { DatabaseAddress } from '../database-address.js';
import { openLog } from '../open-log.js';
import { readStore } from '../open-store-reader.js';
import { readMark } from '../store-marks.js';
import { DEFAULT_TENANT } from '../tenants/tenant-name.js';
import { keyState, type Scope } from './access-key.js';
import { newKeyId, newToken, tokenHash } from './token.js';

/** Most keys of a store, with those that are revoked or expired: a service has all of them in memory. */
export const MAX_KEYS = 1_000;

/** The mark that counts the changes of keys, so that services see them; a store has it once it had a key. */
const MARK = 'access-keys';

/** A key to be made. */
export interface NewKey {
  name: string;
  scopes: readonly Scope[];
  /** User ids, or beginnings of ids with a star at the end; all users if it is left out. */
  users?: readonly string[] | undefined;
  /** The tenant that it is for, which must have a store; the default one if it is left out. */
  tenant?: string | undefined;
  /** Ms UTC; never if it is left out. */
  expiresAt?: number | undefined;
}

/** A key, with its token: the only time that anybody sees it. */
export interface IssuedKey {
  key: AccessKeyRow;
  token: string;
}

/** Makes a key. Throws Refused for a name that some key has or had. A service may run on the store. */
export async function createKey(address: DatabaseAddress, { name, ...asked }: NewKey): Promise<IssuedKey> {
  if ((await listKeys(address)).length >= MAX_KEYS)
    throw new Refused('key.too-many', `A store has at most ${MAX_KEYS} keys, the revoked ones included.`);
  const keyId = newKeyId();
  const token = newToken(keyId);
  const createdAt = Date.now();
  const key = await changeKeys(address, (rows) => {
    if (rows.get(accessKeysTable, name))
      throw new Refused('key.exists', `There is or was a key ${name}: choose another name, or rotate it.`);
    const made: AccessKeyRow = {
      name,
      keyId,
      hash: tokenHash(token),
      formerHash: null,
      formerUntil: null,
      scopes: [...asked.scopes],
      users: asked.users === undefined ? null : [...asked.users],
      tenant: asked.tenant ?? DEFAULT_TENANT,
      createdAt,
      expiresAt: asked.expiresAt ?? null,
      revokedAt: null,
      lastUsedAt: null,
    };
    rows.put(accessKeysTable, made);
    return made;
  });
  return { key, token };
}

/** Returns all keys by their names. */
export function listKeys(address: DatabaseAddress): Promise<AccessKeyRow[]> {
  return readStore(address, readKeys);
}

/** Ends a key for good; one that has ended already stays as it is. Throws NotFound for an unknown name. */
export function revokeKey(address: DatabaseAddress, name: string): Promise<AccessKeyRow> {
  const revokedAt = Date.now();
  return changeKeys(address, (rows) => {
    const key = existingKey(rows, name);
    if (key.revokedAt !== null) return key;
    const revoked = { ...key, revokedAt, formerHash: null, formerUntil: null };
    rows.put(accessKeysTable, revoked);
    return revoked;
  });
}

/** Ends all keys of a tenant for good, and returns how many had not ended yet. */
export async function revokeKeysOf(address: DatabaseAddress, tenant: string): Promise<number> {
  const now = Date.now();
  const keys = (await listKeys(address)).filter(
    (key) => key.tenant === tenant && keyState(key, now) === 'active',
  );
  for (const { name } of keys) await revokeKey(address, name);
  return keys.length;
}

/**
 * Gives a key a new token; the old one stays valid for `overlapMs`. Throws NotFound for an unknown name, and
 * Refused for a key that is revoked or expired.
 */
export function rotateKey(address: DatabaseAddress, name: string, overlapMs: number): Promise<IssuedKey> {
  const now = Date.now();
  // The work of a transaction may run again, and must do the same then.
  let token: string | undefined;
  return changeKeys(address, (rows) => {
    const present = existingKey(rows, name);
    const state = keyState(present, now);
    if (state !== 'active')
      throw new Refused('key.ended', `The key ${name} is ${state}: create another one.`);
    token ??= newToken(present.keyId);
    const rotated = {
      ...present,
      hash: tokenHash(token),
      formerHash: overlapMs > 0 ? present.hash : null,
      formerUntil: overlapMs > 0 ? now + overlapMs : null,
    };
    rows.put(accessKeysTable, rotated);
    return { key: rotated, token };
  });
}

/** Notes when keys were last used, ms UTC; no service has to learn of it. */
export async function noteUses(
  address: DatabaseAddress,
  uses: readonly (readonly [name: string, at: number])[],
): Promise<void> {
  await inTransaction(address, (rows) => {
    for (const [name, at] of uses) {
      const key = rows.get(accessKeysTable, name);
      if (key && at > (key.lastUsedAt ?? 0)) rows.put(accessKeysTable, { ...key, lastUsedAt: at });
    }
  });
}

/** What a store has of keys. */
export interface KeptKeys {
  /** Changes with every change of a key, except of its last use; undefined if there was never a key. */
  change: string | undefined;
  keys: AccessKeyRow[];
}

/** Reads the keys, unless nothing has changed since `change`. */
export async function changedKeys(
  reader: StoreReader,
  change: string | undefined,
): Promise<KeptKeys | undefined> {
  // Read before the keys: what changes between the two reads is read again.
  const mark = await readMark(reader, MARK);
  if (mark?.value === change) return undefined;
  return { change: mark?.value, keys: await readKeys(reader) };
}

/**
 * Replaces the keys of a store by those of another one: a restore or a reset changes what a store contains,
 * not who may use it.
 */
export async function carryKeys(from: DatabaseAddress, to: DatabaseAddress): Promise<void> {
  const kept = await readStore(from, (reader) => changedKeys(reader, undefined));
  const present = await listKeys(to);
  await inTransaction(to, (rows) => {
    for (const { name } of present) if (rows.get(accessKeysTable, name)) rows.remove(accessKeysTable, name);
    for (const key of kept?.keys ?? []) rows.put(accessKeysTable, key);
    if (kept?.change !== undefined) putMark(rows, kept.change);
    else if (rows.get(storeMarksTable, MARK)) rows.remove(storeMarksTable, MARK);
  });
}

function readKeys(reader: StoreReader): Promise<AccessKeyRow[]> {
  return reader.rows(accessKeysTable, { filters: [], order: accessKeysTable.key, limit: MAX_KEYS });
}

function existingKey(rows: Rows, name: string): AccessKeyRow {
  const key = rows.get(accessKeysTable, name);
  if (!key) throw new NotFound('key.not-found', `There is no key ${name}; "edgesoul keys list" lists them.`);
  return key;
}

function changeKeys<T>(address: DatabaseAddress, work: (rows: Rows) => T): Promise<T> {
  return inTransaction(address, (rows) => {
    const result = work(rows);
    const changes = Number(rows.get(storeMarksTable, MARK)?.value ?? 0);
    putMark(rows, String(changes + 1));
    return result;
  });
}

function putMark(rows: Rows, value: string): void {
  rows.put(storeMarksTable, { name: MARK, value, markedAt: Date.now() });
}

async function inTransaction<T>(address: DatabaseAddress, work: (rows: Rows) => T): Promise<T> {
  const { log, close } = openLog(address);
  try {
    return await log.transaction((transaction) => inBatch(transaction, work));
  } finally {
    await close();
  }
}
