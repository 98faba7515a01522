import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createServer as createTlsServer, type Server } from 'node:https';
import cors from '@fastify/cors';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, RawServerDefault } from 'fastify';
import type { Logger } from 'pino';
import { AppModule, type ServedParts } from './app.module.js';
import type { Config } from './config.js';
import { InvalidInput } from './errors.js';
import { newId } from './events/uuid.js';
import { FaultWatch } from './fault-watch.js';
import { logRequests } from './http/access-log.js';
import { checkAccess } from './http/access/check-access.js';
import { RateLimits } from './http/access/rate-limits.js';
import { recordReads } from './http/access/record-reads.js';
import { routeTenants, type RequestHandler, type TenantServers } from './http/access/route-tenants.js';
import { bodyBytes, COMMAND_BODY_BYTES } from './http/body/body-limits.js';
import { boundBodies } from './http/body/body-memory.js';
import { acceptJson } from './http/body/json-body.js';
import { encodedUrl, queryRefusal } from './http/body/text-of-bytes.js';
import { answerBadConnections, closeConnectionsWhenStopping, connectionOptions } from './http/connections.js';
import { corsOptions } from './http/cors-options.js';
import { guardRequests } from './http/guard-requests.js';
import { serveDocs } from './http/open-api.js';
import { PinoLogger } from './http/pino-logger.js';
import { frameworkRefusal } from './http/problems/framework-refusal.js';
import { HttpErrorFilter, sendProblem } from './http/problems/http-error.filter.js';
import { measureRequests } from './http/request-metrics.js';
import { servePage } from './http/serve-page.js';
import { reloadTls, tlsOptions } from './http/tls.js';
import { Metrics } from './modules/metrics.js';
import { DEFAULT_TENANT } from './store/tenants/tenant-name.js';
import { validatedSchemas } from './validation/validator.js';

const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/;

/**
 * How requests reach a server: by its own port, from which those of tenants go to theirs, or handed on from
 * there. `drained` resolves when none is on its way any more, where the process stops.
 */
export type Entrance = { tenants: TenantServers } | { tenant: string; drained: () => Promise<void> };

/** Builds the HTTP service over an open store; the caller makes it listen, or hands requests to it. */
export async function makeServer(
  parts: ServedParts,
  config: Config,
  logger: Logger,
  entrance: Entrance,
): Promise<NestFastifyApplication> {
  const { bodyMemory, deadlines, callers, access, tls, accessLog } = config;
  const { keys } = parts.store;
  const tenant = 'tenant' in entrance ? entrance.tenant : DEFAULT_TENANT;
  const isFront = 'tenants' in entrance;
  const adapter = adapterOf(
    config,
    'tenants' in entrance ? routeTenants.bind(undefined, keys, entrance.tenants) : undefined,
  );
  const instance = adapter.getInstance<FastifyInstance>();
  acceptJson(instance);
  instance.addHook('onRoute', (route) => {
    route.bodyLimit = bodyBytes(route.url);
  });
  instance.addHook('onRequest', (request, reply, done) => {
    const bad = !CORRELATION_ID.test(request.id);
    void reply.header('x-correlation-id', bad ? randomUUID() : request.id);
    done(
      bad ? InvalidInput.field('X-Correlation-Id', 'must be 1 to 128 visible ASCII characters') : undefined,
    );
  });
  instance.addHook('onRequest', (request, _reply, done) => done(queryRefusal(request.url)));
  guardRequests(instance, callers, tls !== undefined);
  // Not awaited, which would start the server's plugins before there are all of its hooks.
  if (callers.origins.length > 0) void instance.register(cors, () => corsOptions(callers.origins));
  // A tenant's server gets no request without a key.
  const isOn = access.isOn || !isFront;
  checkAccess(instance, { keys, isOn, tenant }, new RateLimits(instance, access.limits));
  if (parts.personReads) recordReads(instance, parts.personReads);
  boundBodies(instance, bodyMemory);
  if (isFront) {
    answerBadConnections(instance.server);
    closeConnectionsWhenStopping(instance, deadlines.shutdownMs);
    if (tls) reloadTls(instance.server as unknown as Server, tls);
  } else instance.addHook('preClose', entrance.drained);
  const metrics = new Metrics(isFront);
  measureRequests(instance, metrics.registry);
  logRequests(instance, logger, { accessLog, tenant });
  if (isFront) servePage(instance);
  const served = AppModule.of({ ...parts, metrics, retention: config.retention });
  const app = await NestFactory.create<NestFastifyApplication>(served, adapter, {
    bodyParser: false,
    logger: new PinoLogger(logger),
    abortOnError: false,
    // The adapter has them already; Nest needs them to know the scheme of its address.
    ...(tls && isFront && { httpsOptions: {} }),
  });
  app.useGlobalFilters(new HttpErrorFilter(app.get(FaultWatch)));
  if (isFront) serveDocs(app, validatedSchemas());
  return app;
}

/** Node's server, with deadlines and TLS as configured. */
function listener({ deadlines, tls }: Config, handle: RequestHandler): ReturnType<typeof createServer> {
  return tls
    ? createTlsServer({ ...connectionOptions(deadlines), ...tlsOptions(tls, deadlines) }, handle)
    : createServer(connectionOptions(deadlines), handle);
}

/** Fastify in Nest's clothes; `routed` says what of its requests others get, if it listens itself. */
function adapterOf(
  config: Config,
  routed: ((handle: RequestHandler) => RequestHandler) | undefined,
): FastifyAdapter {
  const { deadlines } = config;
  const { proxies } = config.access;
  return new FastifyAdapter({
    ...(routed && { serverFactory: (handle: RequestHandler) => listener(config, routed(handle)) }),
    requestTimeout: deadlines.requestMs,
    bodyLimit: COMMAND_BODY_BYTES,
    // As long as any URL, so that too long an id is answered like any other invalid field.
    routerOptions: { maxParamLength: 16_384 },
    trustProxy: proxies.length > 0 ? proxies : false,
    requestIdHeader: 'x-correlation-id',
    genReqId: newId,
    // No route has a schema of Fastify's; its own compilers would only slow the start.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    rewriteUrl: ({ url = '/' }) => encodedUrl(url),
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      void reply.header('x-correlation-id', request.id);
      sendProblem(reply, frameworkRefusal(error, 400));
    },
  } as ConstructorParameters<typeof FastifyAdapter<RawServerDefault>>[0]);
}

function noSchemas(): never {
  throw new Error('The classes of a route say what is valid, not a schema of the route.');
}
