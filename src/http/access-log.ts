import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { ID_PATTERN } from '../validation/fields.js';

/**
 * Logs each request when it has been answered: for debugging method, route, status and duration; as an access
 * log, whatever the level, also the tenant, whose key it had, from which address it came, and about which user.
 * Never a body or a query, which may have what a user said.
 */
export function logRequests(
  instance: FastifyInstance,
  logger: Logger,
  { accessLog, tenant }: { accessLog: boolean; tenant: string },
): void {
  if (accessLog) {
    const access = logger.child({}, { level: 'info' });
    instance.addHook('onResponse', (request, reply, done) => {
      access.info({ msg: 'access', ...answered(request, reply), ...who(request, tenant) });
      done();
    });
  } else if (logger.isLevelEnabled('debug')) {
    instance.addHook('onResponse', (request, reply, done) => {
      logger.debug({ msg: 'request', ...answered(request, reply) });
      done();
    });
  }
}

/** Without the ids in the path. */
function answered(request: FastifyRequest, reply: FastifyReply): object {
  return {
    requestId: request.id,
    method: request.method,
    route: request.routeOptions.url,
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 1000) / 1000,
  };
}

/** Most users that a line names; a report may be about thousands. */
const MOST_USERS = 10;

function who({ caller, ip, params, query }: FastifyRequest, tenant: string): object {
  const { userId } = (params ?? {}) as { userId?: string };
  const asked = (query ?? {}) as { userId?: string | string[]; users?: string | string[] };
  const users = [userId ?? [], asked.userId ?? [], asked.users ?? []]
    .flat()
    .flatMap((text) => text.split(','))
    // What is no id was refused as such, and may be anything.
    .filter((text) => ID_PATTERN.test(text));
  return {
    tenant,
    key: caller?.name ?? null,
    address: ip,
    ...(users.length > 0 && { users: users.slice(0, MOST_USERS) }),
    ...(users.length > MOST_USERS && { moreUsers: users.length - MOST_USERS }),
  };
}
