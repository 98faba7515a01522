import { RouteConfig } from '@nestjs/platform-fastify';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import { ApiSecurity } from '@nestjs/swagger';
import type { Scope } from '../../store/keys/access-key.js';

/** The name of the security scheme in the OpenAPI document. */
export const SECURITY_SCHEME = 'key';

/** Who may use a route. Every route has it; a test walks all of them. */
export interface RouteAccess {
  /** A key needs one of them; with none, the route needs no key. */
  readonly scopes: readonly Scope[];
  /**
   * Where a request names its users, beside a `userId` in the path: in the parameters `userId` or `users` of
   * the query, or where only the route's own code finds them, which then calls `refuseOtherUser`. Left out:
   * nowhere, and no key that is bound to users may use the route.
   */
  readonly usersIn?: 'query' | 'body' | undefined;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
}

/** Says which scopes a route, or each route of a controller, needs one of; a route's own overrules. */
export function Scoped(
  scopes: readonly [Scope, ...Scope[]],
  { usersIn }: Pick<RouteAccess, 'usersIn'> = {},
): ClassDecorator & MethodDecorator {
  return declared({ scopes, usersIn });
}

/** Says that a route, or each route of a controller, needs no key: it tells nothing of any user. */
export function NeedsNoKey(): ClassDecorator & MethodDecorator {
  return declared({ scopes: [] });
}

function declared(access: RouteAccess): ClassDecorator & MethodDecorator {
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (key !== undefined && descriptor) declare(access, target, key, descriptor);
    else declareAll(access, (target as { prototype: object }).prototype);
  };
}

/** Decorators of methods run before that of their class. */
function declareAll(access: RouteAccess, prototype: object): void {
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (name === 'constructor' || typeof descriptor.value !== 'function') continue;
    if (Reflect.hasMetadata(FASTIFY_ROUTE_CONFIG_METADATA, descriptor.value as object)) continue;
    declare(access, prototype, name, descriptor);
  }
}

function declare(
  access: RouteAccess,
  target: object,
  key: string | symbol,
  descriptor: PropertyDescriptor,
): void {
  RouteConfig({ access })(target, key, descriptor);
  for (const scope of access.scopes) ApiSecurity(SECURITY_SCHEME, [scope])(target, key, descriptor);
}
