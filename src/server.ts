import { randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { InvalidInput } from './errors.js';
import { compileValidators } from './validation/validator.js';
import type { Store } from './store/store.js';
import { newId } from './events/uuid.js';
import { HttpErrorFilter } from './http/http-error.filter.js';
import { serveDocs } from './http/open-api.js';
import { PinoLogger } from './http/pino-logger.js';

const BODY_LIMIT = 1024 * 1024;
const BATCH_BODY_LIMIT = 8 * 1024 * 1024;
const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/;

/** The HTTP service over an open store, ready to listen. */
export async function makeServer(store: Store, logger: Logger): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    // Longer than any valid id, so that a long one is answered like every other bad field.
    routerOptions: { maxParamLength: 2_048 },
    requestIdHeader: 'x-correlation-id',
    genReqId: newId,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  } as ConstructorParameters<typeof FastifyAdapter>[0]);
  const instance = adapter.getInstance<FastifyInstance>();
  acceptJson(instance);
  instance.addHook('onRoute', (route) => {
    if (route.url === '/v1/commands') route.bodyLimit = BATCH_BODY_LIMIT;
  });
  instance.addHook('onRequest', (request, reply, done) => {
    const bad = !CORRELATION_ID.test(request.id);
    void reply.header('x-correlation-id', bad ? randomUUID() : request.id);
    done(
      bad ? InvalidInput.field('X-Correlation-Id', 'must be 1 to 128 visible ASCII characters') : undefined,
    );
  });
  if (logger.isLevelEnabled('debug')) logRequests(instance, logger);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(store), adapter, {
    bodyParser: false,
    logger: new PinoLogger(logger),
    abortOnError: false,
  });
  app.useGlobalFilters(new HttpErrorFilter());
  compileValidators();
  await serveDocs(app);
  return app;
}

/** Takes JSON only; a route without a body may be sent none. */
function acceptJson(instance: FastifyInstance): void {
  const parse = instance.getDefaultJsonParser('error', 'error');
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    (request: FastifyRequest, body, done) => {
      if (body === '') done(null, undefined);
      else void parse(request, body as string, done);
    },
  );
}

/** Method, route, status and time, never the path's ids or a body. */
function logRequests(instance: FastifyInstance, logger: Logger): void {
  instance.addHook('onResponse', (request, reply, done) => {
    logger.debug({
      msg: 'request',
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 1000) / 1000,
    });
    done();
  });
}
