import { StoreError } from '../../errors.js';
import type { Scope } from '../../store/keys/access-key.js';

/** The codes of refusals by key, with their HTTP statuses. */
const STATUS = { 'auth.missing': 401, 'auth.invalid': 401, 'auth.forbidden': 403 } as const;

/** 401: the request has no valid key. 403: the key is not for this. No route has seen the request. */
export class AccessRefusal extends StoreError<keyof typeof STATUS> {
  readonly status: number;

  private constructor(
    code: keyof typeof STATUS,
    message: string,
    /** The value of `WWW-Authenticate` (RFC 6750). */
    readonly challenge: string,
  ) {
    super(code, message);
    this.status = STATUS[code];
  }

  static missing(): AccessRefusal {
    const message = 'This service asks for a key: send it as "Authorization: Bearer <token>".';
    return new AccessRefusal('auth.missing', message, 'Bearer realm="EdgeSoul Store"');
  }

  /** The same for all tokens that are not valid, so that nobody learns of a key that was revoked. */
  static invalid(): AccessRefusal {
    const message = 'The key in Authorization is not valid: it is unknown, revoked or expired.';
    return new AccessRefusal('auth.invalid', message, 'Bearer realm="EdgeSoul Store", error="invalid_token"');
  }

  static scope(scopes: readonly Scope[]): AccessRefusal {
    const message = `This needs a key with the scope ${scopes.join(' or ')}.`;
    return AccessRefusal.forbidden(message, scopes);
  }

  /** The same whether or not there is that tenant. */
  static tenant(): AccessRefusal {
    return AccessRefusal.forbidden('This request names another tenant in Edgesoul-Tenant than its key.', []);
  }

  /** The same whether or not the user exists. */
  static user(): AccessRefusal {
    return AccessRefusal.forbidden('This key is for other users.', []);
  }

  static allUsers(): AccessRefusal {
    const message =
      'This key is for some users only: it may be used where a request names them, and for no other users.';
    return AccessRefusal.forbidden(message, []);
  }

  private static forbidden(message: string, scopes: readonly Scope[]): AccessRefusal {
    const scope = scopes.length > 0 ? `, scope="${scopes.join(' ')}"` : '';
    const challenge = `Bearer realm="EdgeSoul Store", error="insufficient_scope"${scope}`;
    return new AccessRefusal('auth.forbidden', message, challenge);
  }
}
