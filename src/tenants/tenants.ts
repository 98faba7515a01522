import type { Logger } from 'pino';
import { MINUTE_MS } from '../durations.js';
import { Unavailable } from '../errors.js';
import type { Taken, TenantServers } from '../http/access/route-tenants.js';
import type { KeyRing } from '../store/keys/key-ring.js';
import { whyOf } from '../why.js';
import type { OpenTenant } from './open-tenant.js';

/** A store that nobody has used for so long is closed, ms. */
const IDLE_MS = 10 * MINUTE_MS;
const LOOK_MS = MINUTE_MS;
/** After a failure to open a store, its requests get the same error for so long, ms: opening is expensive. */
const RETRY_MS = 1_000;

/** A store that is opening, open or closing. */
interface Held {
  opening: Promise<OpenTenant>;
  /** Undefined until it is open. */
  open?: OpenTenant;
  closing?: Promise<void>;
  /** Whether it closes with the process: until then it answers what is on its way. */
  isDraining?: boolean;
  /** How many use it, or wait for it. */
  users: number;
  /** When its last user left, ms of performance.now(). */
  usedAt: number;
}

export interface TenantsParts {
  open: (tenant: string) => Promise<OpenTenant>;
  keys: Pick<KeyRing, 'onLook' | 'hasUsableKeyOf'>;
  logger: Logger;
  /** Most stores that are open at once for requests; backups may open one more. */
  maxOpen: number;
}

/**
 * The stores of tenants that are open in this process. One is opened for its first request, and closed when
 * nobody has used it for a while, when another needs its place, or when its last key has ended.
 */
export class Tenants implements TenantServers {
  private readonly held = new Map<string, Held>();
  private readonly failures = new Map<string, unknown>();
  private readonly timer: NodeJS.Timeout;
  private readonly forget: () => void;
  private stopping = false;

  constructor(private readonly parts: TenantsParts) {
    this.timer = setInterval(() => this.closeIdle(), LOOK_MS).unref();
    this.forget = parts.keys.onLook(() => this.closeWithoutKeys());
  }

  /** Throws Unavailable if the store cannot be opened, or all places are taken by stores in use. */
  take(tenant: string): Taken | Promise<Taken> {
    const held = this.held.get(tenant);
    return held?.open && (!held.closing || held.isDraining)
      ? takenOf(held, held.open)
      : this.takeLater(tenant, false);
  }

  /** Runs the work with the open store, also where all places are taken. One that was closed is closed again. */
  async use<T>(tenant: string, work: (open: OpenTenant) => Promise<T>): Promise<T> {
    const wasHeld = this.held.has(tenant);
    const { done } = await this.takeLater(tenant, true);
    const held = this.held.get(tenant) as Held;
    try {
      return await work(held.open as OpenTenant);
    } finally {
      done();
      // Else a night of backups would leave the stores of all tenants open.
      if (!wasHeld && isIdle(held)) await this.shut(tenant, held);
    }
  }

  /** Closes every store; nobody can take one any more. */
  async close(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    this.forget();
    await Promise.all(
      [...this.held].map(async ([tenant, held]) => {
        await held.opening.catch(() => undefined);
        held.isDraining = held.closing === undefined;
        await this.shut(tenant, held);
      }),
    );
  }

  private async takeLater(tenant: string, beyondMax: boolean): Promise<Taken> {
    for (;;) {
      if (this.stopping) throw Unavailable.stopping();
      if (this.failures.has(tenant)) throw this.failures.get(tenant);
      const held = this.held.get(tenant) ?? this.begin(tenant, beyondMax);
      if (held.closing) {
        await held.closing;
        continue;
      }
      held.users++;
      try {
        return takenOf(held, await held.opening);
      } finally {
        held.users--;
      }
    }
  }

  private begin(tenant: string, beyondMax: boolean): Held {
    const isFull = !beyondMax && this.held.size >= this.parts.maxOpen;
    const leaving = isFull ? this.leastUsed() : undefined;
    if (isFull && !leaving)
      throw new Unavailable('service.busy', 'The service has too much to do; retry in a second.');
    const opening = this.openAfter(leaving, tenant);
    const held: Held = { opening, users: 0, usedAt: performance.now() };
    this.held.set(tenant, held);
    opening.then(
      (open) => (held.open = open),
      (error: unknown) => {
        this.held.delete(tenant);
        this.failures.set(tenant, error);
        setTimeout(() => this.failures.delete(tenant), RETRY_MS).unref();
      },
    );
    return held;
  }

  private async openAfter(leaving: [string, Held] | undefined, tenant: string): Promise<OpenTenant> {
    if (leaving) await this.shut(...leaving);
    return this.parts.open(tenant);
  }

  /** The store that was idle for longest; undefined if none is. */
  private leastUsed(): [string, Held] | undefined {
    return [...this.held]
      .filter(([, held]) => isIdle(held))
      .toSorted(([, a], [, b]) => a.usedAt - b.usedAt)[0];
  }

  private closeIdle(): void {
    const now = performance.now();
    for (const [tenant, held] of this.held)
      if (isIdle(held) && now - held.usedAt >= IDLE_MS) void this.shut(tenant, held);
  }

  private closeWithoutKeys(): void {
    for (const [tenant, held] of this.held)
      if (isIdle(held) && !this.parts.keys.hasUsableKeyOf(tenant)) void this.shut(tenant, held);
  }

  private shut(tenant: string, held: Held): Promise<void> {
    held.closing ??= this.closeHeld(tenant, held);
    return held.closing;
  }

  private async closeHeld(tenant: string, { open }: Held): Promise<void> {
    try {
      await open?.close();
    } catch (error) {
      this.parts.logger.error({
        msg: 'the store of a tenant was not closed well',
        tenant,
        cause: whyOf(error),
      });
    } finally {
      this.held.delete(tenant);
    }
  }
}

function isIdle({ open, closing, users }: Held): boolean {
  return open !== undefined && !closing && users === 0 && !open.isBusy();
}

function takenOf(held: Held, { handle }: OpenTenant): Taken {
  held.users++;
  const done = () => {
    held.users--;
    held.usedAt = performance.now();
  };
  return { handle, done };
}
