import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { PersonReads } from '../../store/audit/person-reads.js';
import type { Caller, Scope } from '../../store/keys/access-key.js';

/** Keys with one of these are people's, or act for people; one with `chat` alone is the companion's. */
const RECORDED: readonly Scope[] = ['analyst', 'operator', 'erase'];
/** Scopes of routes that say something of a person. */
const OF_PERSONS: ReadonlySet<Scope> = new Set(['chat', 'analyst', 'erase']);
/** The id that stands for anybody. */
const ANY_USER = '';
/** A request that names more users than this is recorded as one that may be of anybody. */
const MOST_USERS = 100;
const USER_ID = /^[\w.:@-]{1,128}$/;

/** Records who reads what of persons, when the answer begins to be sent; also what was refused. */
export function recordReads(instance: FastifyInstance, reads: PersonReads): void {
  instance.addHook('onSend', (request, reply, payload, done) => {
    const { caller } = request;
    if (caller?.hasOneOf(RECORDED) === true && isRead(request)) {
      const read = { ...readOf(request, caller), status: reply.statusCode, at: Date.now() };
      for (const userId of usersOf(request)) reads.note({ ...read, userId });
    }
    done(null, payload);
  });
}

function isRead({ method, is404, routeOptions }: FastifyRequest): boolean {
  if (is404 || routeOptions.url === undefined) return false;
  // A question that is too long for a URL is sent as a body.
  const reads = method === 'GET' || method === 'HEAD' || routeOptions.url.endsWith('/search');
  return reads && routeOptions.config.access?.scopes.some((scope) => OF_PERSONS.has(scope)) === true;
}

function readOf({ method, routeOptions, id }: FastifyRequest, caller: Caller) {
  return {
    keyName: caller.name,
    scopes: caller.scopeNames,
    method,
    route: routeOptions.url as string,
    requestId: id,
  };
}

/** What is no id of a user was refused as such. */
function usersOf({ params, query }: FastifyRequest): string[] {
  const { userId: named } = (params ?? {}) as { userId?: string };
  if (named !== undefined) return USER_ID.test(named) ? [named] : [];
  const { userId = [], users = [] } = (query ?? {}) as Record<string, string | string[]>;
  const asked = new Set([userId, users].flat().flatMap((text) => text.split(',')));
  const ids = [...asked].filter((id) => USER_ID.test(id));
  return ids.length === 0 || ids.length > MOST_USERS ? [ANY_USER] : ids;
}
