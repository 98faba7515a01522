import { jest } from '@jest/globals';
import { pino } from 'pino';
import { MINUTE_MS } from '../durations.js';
import type { OpenTenant } from './open-tenant.js';
import { Tenants } from './tenants.js';

/** Stores that note how they are opened and closed, instead of doing it. */
class Stores {
  readonly happened: string[] = [];
  /** Those that do long work. */
  readonly busy = new Set<string>();
  /** Those that have a key. */
  readonly withKeys = new Set(['a', 'b', 'c']);
  private look: () => void = () => undefined;

  readonly tenants = new Tenants({
    open: async (tenant) => {
      this.happened.push(`${tenant} opened`);
      return this.store(tenant);
    },
    keys: {
      onLook: (look) => {
        this.look = look;
        return () => undefined;
      },
      hasUsableKeyOf: (tenant) => this.withKeys.has(tenant),
    },
    logger: pino({ level: 'silent' }),
    maxOpen: 2,
  });

  /** The keys are read again, as every second. */
  lookAtKeys(): void {
    this.look();
  }

  /** A request from its beginning to its end. */
  async request(tenant: string): Promise<void> {
    const { done } = await this.tenants.take(tenant);
    done();
  }

  private store(tenant: string): OpenTenant {
    return {
      handle: () => undefined,
      backups: {} as OpenTenant['backups'],
      retention: {} as OpenTenant['retention'],
      isBusy: () => this.busy.has(tenant),
      close: async () => void this.happened.push(`${tenant} closed`),
    };
  }
}

describe('the store of a tenant', () => {
  let stores: Stores;

  beforeEach(() => {
    jest.useFakeTimers();
    stores = new Stores();
  });

  afterEach(async () => {
    await stores.tenants.close();
    jest.useRealTimers();
  });

  it('is closed after ten minutes without a request, and opened again for the next one', async () => {
    await stores.request('a');
    await jest.advanceTimersByTimeAsync(9 * MINUTE_MS);
    await stores.request('a');
    await jest.advanceTimersByTimeAsync(9 * MINUTE_MS);
    expect(stores.happened).toEqual(['a opened']);
    await jest.advanceTimersByTimeAsync(2 * MINUTE_MS);
    expect(stores.happened).toEqual(['a opened', 'a closed']);
    await stores.request('a');
    expect(stores.happened).toEqual(['a opened', 'a closed', 'a opened']);
  });

  it('stays open while a request is on its way, or long work runs', async () => {
    const { done } = await stores.tenants.take('a');
    stores.busy.add('b');
    await stores.request('b');
    await jest.advanceTimersByTimeAsync(60 * MINUTE_MS);
    expect(stores.happened).toEqual(['a opened', 'b opened']);
    done();
    stores.busy.clear();
    await jest.advanceTimersByTimeAsync(11 * MINUTE_MS);
    expect(stores.happened.slice(2).toSorted()).toEqual(['a closed', 'b closed']);
  });

  it('makes room for another one if it was idle for longest, and is not opened while all are in use', async () => {
    await stores.request('a');
    await jest.advanceTimersByTimeAsync(10);
    const { done } = await stores.tenants.take('b');
    await stores.request('c');
    expect(stores.happened).toEqual(['a opened', 'b opened', 'a closed', 'c opened']);
    stores.busy.add('c');
    await expect(stores.request('a')).rejects.toMatchObject({ code: 'service.busy' });
    done();
    await stores.request('a');
    expect(stores.happened.slice(4)).toEqual(['b closed', 'a opened']);
  });

  it('is opened for a backup also where all are in use, and closed after it unless it was open', async () => {
    const taken = [await stores.tenants.take('a'), await stores.tenants.take('b')];
    await stores.tenants.use('c', async () => void stores.happened.push('c backed up'));
    await stores.tenants.use('b', async () => void stores.happened.push('b backed up'));
    const all = ['a opened', 'b opened', 'c opened', 'c backed up', 'c closed', 'b backed up'];
    expect(stores.happened).toEqual(all);
    for (const { done } of taken) done();
  });

  it('is closed when its last key has ended, not while it answers', async () => {
    const { done } = await stores.tenants.take('a');
    stores.withKeys.delete('a');
    stores.lookAtKeys();
    expect(stores.happened).toEqual(['a opened']);
    done();
    stores.lookAtKeys();
    await jest.advanceTimersByTimeAsync(0);
    expect(stores.happened).toEqual(['a opened', 'a closed']);
  });
});
