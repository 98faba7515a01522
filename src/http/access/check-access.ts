import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { StoreError } from '../../errors.js';
import type { Caller } from '../../store/keys/access-key.js';
import type { KeyRing } from '../../store/keys/key-ring.js';
import { AccessRefusal } from './access-refusal.js';
import { refuseOtherUser } from './caller.js';
import { overLimit, type RateLimits } from './rate-limits.js';
import { refusedBefore } from './refused-before.js';
import type { RouteAccess } from './scoped.js';

/**
 * What is not made by a controller: the page, its files, and the documentation, which tell nothing of users.
 */
export const FILES = /^\/($|page\/|docs($|\/|-))/;
/** A header by which a caller makes sure that its key is of the tenant that it means. */
const TENANT_HEADER = 'edgesoul-tenant';
const NEEDS_NO_KEY: RouteAccess = { scopes: [] };
const BEARER = /^Bearer +(\S+)$/i;

/** Whom a server lets in. */
export interface Access {
  keys: KeyRing;
  /** Whether keys are asked for at all, once there is, or was, one. */
  isOn: boolean;
  /** Only its keys are valid. */
  tenant: string;
}

/**
 * Asks every request for a key once the store has, or ever had, one, and refuses what the key is not for.
 */
export function checkAccess(instance: FastifyInstance, access: Access, limits: RateLimits): void {
  const { keys } = access;
  instance.decorateRequest('caller', null);
  cutWhenKeysEnd(instance, keys);
  instance.addHook('onRoute', (route) => {
    if (FILES.test(route.url)) route.config = { ...route.config, access: NEEDS_NO_KEY };
    if (route.config?.access === undefined && route.method !== 'OPTIONS')
      throw new Error(`${String(route.method)} ${route.url} does not say who may use it: see Scoped.`);
  });
  // After CORS, so that a page of an allowed origin can read the refusal; before anything of a body is read.
  instance.addHook('preParsing', (request, _reply, payload, done) => {
    const { access: route } = request.routeOptions.config;
    // OPTIONS is what browsers ask before a request; no route has it.
    if (route?.scopes.length === 0 || request.method === 'OPTIONS') {
      noteCaller(request, access);
      done(null, payload);
      return;
    }
    const refusal = refusalOf(request, access);
    const count = limits.countOf(request, refusal);
    if (!count) done(refusal, payload);
    else void (async () => done(overLimit(await count(request)) ?? refusal, payload))();
  });
}

/** Cuts answers that are still being sent when their key ends: an event stream may go on for days. */
function cutWhenKeysEnd(instance: FastifyInstance, keys: KeyRing): void {
  const sending = new Map<FastifyReply, Caller>();
  instance.addHook('onSend', (request, reply, payload, done) => {
    if (request.caller && payload instanceof Readable) {
      sending.set(reply, request.caller);
      reply.raw.once('close', () => sending.delete(reply));
    }
    done(null, payload);
  });
  const forget = keys.onLook(() => {
    for (const [reply, caller] of sending) if (!keys.isValid(caller)) reply.raw.destroy();
  });
  instance.addHook('onClose', (_instance, done) => {
    forget();
    done();
  });
}

/** Returns the token of a request; undefined if it names no key at all. */
export function tokenOf(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : (BEARER.exec(authorization)?.[1] ?? '');
}

/** Notes whose request it is, and returns why it is refused. */
function refusalOf(request: FastifyRequest, access: Access): StoreError | undefined {
  const { headers } = request;
  const refusal =
    access.isOn && access.keys.hasHadKeys
      ? refusalOfKey(request, access)
      : refusalWithoutKeys(request, access);
  if (refusal) return refusal;
  const named = headers[TENANT_HEADER];
  return named === undefined || named === access.tenant ? undefined : AccessRefusal.tenant();
}

function refusalOfKey(request: FastifyRequest, { keys, tenant }: Access): StoreError | undefined {
  const token = tokenOf(request.headers.authorization);
  if (token === undefined) return AccessRefusal.missing();
  const caller = keys.callerOf(token);
  if (!caller) return AccessRefusal.invalid();
  if (caller.tenant !== tenant)
    return request.is404 ? undefined : (refusedBefore(request.raw) ?? AccessRefusal.invalid());
  request.caller = caller;
  return request.is404 ? undefined : refusalOfRoute(request, caller);
}

/** Who comes with the ended key of another tenant must not get to this one, where nobody is asked for a key. */
function refusalWithoutKeys({ raw, headers }: FastifyRequest, { keys, tenant }: Access) {
  if (!keys.hasTenants) return undefined;
  const named = keys.tenantOf(tokenOf(headers.authorization) ?? '');
  return named === undefined || named === tenant
    ? undefined
    : (refusedBefore(raw) ?? AccessRefusal.invalid());
}

/** Notes whose request it is where no key is needed, if it has a valid one of this tenant. */
function noteCaller(request: FastifyRequest, { keys, isOn, tenant }: Access): void {
  const token = isOn ? tokenOf(request.headers.authorization) : undefined;
  const caller = token === undefined ? undefined : keys.callerOf(token);
  if (caller?.tenant === tenant) request.caller = caller;
}

function refusalOfRoute(request: FastifyRequest, caller: Caller): StoreError | undefined {
  const { scopes, usersIn } = request.routeOptions.config.access ?? NEEDS_NO_KEY;
  if (!caller.hasOneOf(scopes)) return AccessRefusal.scope(scopes);
  if (!caller.isBound || usersIn === 'body') return undefined;
  const { userId } = request.params as { userId?: string };
  const users = userId === undefined && usersIn === 'query' ? usersOfQuery(request.query) : [userId ?? ''];
  if (users.length === 0 || users.includes('')) return AccessRefusal.allUsers();
  try {
    for (const user of users) refuseOtherUser(caller, user);
    return undefined;
  } catch (error) {
    return error as AccessRefusal;
  }
}

/** The users that a query names; of a parameter that is sent twice all count. */
function usersOfQuery(query: unknown): string[] {
  const { userId = [], users = [] } = query as Record<string, string | string[]>;
  return [userId, users].flat().flatMap((text) => text.split(','));
}
