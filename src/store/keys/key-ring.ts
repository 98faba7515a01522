import { Piscina } from 'piscina';
import { MINUTE_MS } from '../../durations.js';
import type { AccessKeyRow } from '../../events/log/log-tables.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { unwrap, type ThreadResult } from '../../thread-result.js';
import type { DatabaseAddress } from '../database-address.js';
import { openStoreReader } from '../open-store-reader.js';
import { DEFAULT_TENANT } from '../tenants/tenant-name.js';
import { Caller, keyState } from './access-key.js';
import { changedKeys } from './access-keys.js';
import { isTokenOf, keyIdOf } from './token.js';

/** Interval at which a service looks whether keys have changed, ms: a revocation holds within a second. */
const LOOK_MS = 250;
/** Interval at which the last uses of keys are written, ms. */
const WRITE_USES_MS = 5 * MINUTE_MS;

interface HeldKey {
  row: AccessKeyRow;
  caller: Caller;
}

/** The keys of a store in the memory of a service, kept up to date with what any process does to them. */
export class KeyRing {
  /** Learns of what could not be read or written after the start. */
  onFailure: (what: string, error: unknown) => void = () => undefined;
  /** Whether there is, or was, a key of another tenant than the default one. */
  hasTenants = false;
  private readonly listeners = new Set<() => void>();
  private held = new Map<string, HeldKey>();
  private change: string | undefined;
  /** When keys were used since their last use was written, by name. */
  private uses = new Map<string, number>();
  private isLooking = false;
  private hasFailed = false;
  private readonly timers: NodeJS.Timeout[];

  private constructor(
    private readonly address: DatabaseAddress,
    private readonly reader: StoreReader,
  ) {
    this.timers = [
      setInterval(() => void this.look(), LOOK_MS).unref(),
      setInterval(() => void this.writeUses(), WRITE_USES_MS).unref(),
    ];
  }

  /** Reads the keys of a migrated store. */
  static async open(address: DatabaseAddress): Promise<KeyRing> {
    const reader = openStoreReader(address);
    const ring = new KeyRing(address, reader);
    try {
      await ring.read();
      return ring;
    } catch (error) {
      await ring.close();
      throw error;
    }
  }

  /**
   * Whether the store has, or ever had, a key: if the last one ends, nobody gets in rather than everybody.
   */
  get hasHadKeys(): boolean {
    return this.change !== undefined;
  }

  /** Whether some key can be used now. */
  get hasUsableKey(): boolean {
    const now = Date.now();
    return [...this.held.values()].some(({ row }) => keyState(row, now) === 'active');
  }

  /** Calls the listener several times a second, as keys may have ended; returns how to end that. */
  onLook(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Whether some key of the tenant can be used now. */
  hasUsableKeyOf(tenant: string): boolean {
    const now = Date.now();
    return [...this.held.values()].some(
      ({ row }) => row.tenant === tenant && keyState(row, now) === 'active',
    );
  }

  /** Returns the tenant of the key that a token names, whether or not the token is valid. */
  tenantOf(token: string): string | undefined {
    return this.held.get(keyIdOf(token) ?? '')?.row.tenant;
  }

  /** Returns whose token it is; undefined if it is none, or is not valid any more. */
  callerOf(token: string): Caller | undefined {
    const held = this.held.get(keyIdOf(token) ?? '');
    if (!held) return undefined;
    const now = Date.now();
    if (!isTokenOf(held.row, token, now) || keyState(held.row, now) !== 'active') return undefined;
    this.uses.set(held.row.name, now);
    return held.caller;
  }

  /** Whether the key of a caller has not ended since. */
  isValid({ keyId }: Caller): boolean {
    const held = this.held.get(keyId);
    return held !== undefined && keyState(held.row, Date.now()) === 'active';
  }

  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.writeUses();
    await this.reader.close();
  }

  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      await this.read();
      this.hasFailed = false;
    } catch (error) {
      // The keys that are known stay valid: a database that is away for a moment locks nobody out.
      if (!this.hasFailed) this.onFailure('keys could not be read; those that are known stay valid', error);
      this.hasFailed = true;
    } finally {
      this.isLooking = false;
      for (const listener of this.listeners) listener();
    }
  }

  private async read(): Promise<void> {
    const changed = await changedKeys(this.reader, this.change);
    if (!changed) return;
    this.change = changed.change;
    this.held = new Map(changed.keys.map((row) => [row.keyId, { row, caller: new Caller(row) }]));
    this.hasTenants = changed.keys.some(({ tenant }) => tenant !== DEFAULT_TENANT);
  }

  /** In a thread, because a write waits for the disk and for the writer of commands. */
  private async writeUses(): Promise<void> {
    if (this.uses.size === 0) return;
    const uses = [...this.uses];
    this.uses = new Map();
    const thread = new Piscina({
      filename: new URL('./key-uses.worker.js', import.meta.url).href,
      minThreads: 0,
      maxThreads: 1,
    });
    try {
      unwrap((await thread.run({ address: this.address, uses })) as ThreadResult<void>);
    } catch (error) {
      this.onFailure('the last use of keys could not be written', error);
    } finally {
      await thread.destroy();
    }
  }
}
