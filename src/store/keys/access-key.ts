import type { AccessKeyRow } from '../../events/log/log-tables.js';

/** What a key may be used for; `erase` is for erasures only, and implies nothing else. */
export const SCOPES = ['chat', 'analyst', 'operator', 'erase'] as const;

export type Scope = (typeof SCOPES)[number];

/** Whether a key can be used at a time, ms UTC. */
export type KeyState = 'active' | 'expired' | 'revoked';

export function keyState({ revokedAt, expiresAt }: AccessKeyRow, now: number): KeyState {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && now >= expiresAt ? 'expired' : 'active';
}

/** Who a request comes from, as its key says. */
export class Caller {
  private readonly scopes: ReadonlySet<string>;

  constructor(private readonly key: Pick<AccessKeyRow, 'keyId' | 'name' | 'scopes' | 'users' | 'tenant'>) {
    this.scopes = new Set(key.scopes);
  }

  /** The name of the key: the actor of the events that its commands append. */
  get name(): string {
    return this.key.name;
  }

  get keyId(): string {
    return this.key.keyId;
  }

  /** The tenant whose users the key is for: those of others do not exist for it. */
  get tenant(): string {
    return this.key.tenant;
  }

  /** Whether the key is only for some users. */
  get isBound(): boolean {
    return this.key.users !== null;
  }

  get scopeNames(): string[] {
    return [...this.key.scopes];
  }

  hasOneOf(scopes: readonly Scope[]): boolean {
    return scopes.some((scope) => this.scopes.has(scope));
  }

  /** Whether the key is for this user, who may not exist. */
  isFor(userId: string): boolean {
    const { users } = this.key;
    if (users === null) return true;
    return users.some((user) =>
      user.endsWith('*') ? userId.startsWith(user.slice(0, -1)) : userId === user,
    );
  }
}
