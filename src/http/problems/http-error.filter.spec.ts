import { BadRequestException, Body, Controller, Get, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  Conflict,
  InvalidInput,
  KeyReused,
  NotFound,
  Refused,
  Unavailable,
  PoisonEvent,
} from '../../errors.js';
import { FaultWatch } from '../../fault-watch.js';
import { HttpErrorFilter } from './http-error.filter.js';

const thrown: Record<string, unknown> = {
  invalid: InvalidInput.field('name', 'is required'),
  missing: NotFound.user('u-1'),
  refused: Refused.memoryExists('m-1'),
  stale: Conflict.version('profile:u-1', 1, 2),
  reused: KeyReused.of('k-1'),
  corrupt: PoisonEvent.undecodable({ position: 7, streamId: 's' }, 'is broken'),
  busy: Unavailable.busy(9),
  foreign: new BadRequestException('no such thing'),
  bug: new TypeError('cannot read properties of undefined, SELECT * FROM secrets'),
  text: 'only a text',
};

@Controller()
class ThrowingController {
  @Get('throw/:what')
  get(@Param('what') what: string): never {
    // oxlint-disable-next-line typescript/only-throw-error -- a bug may throw anything
    throw thrown[what];
  }

  @Post('bodies')
  post(@Body() body: unknown): unknown {
    return body;
  }
}

@Module({ controllers: [ThrowingController] })
class ThrowingModule {}

let app: NestFastifyApplication;

beforeAll(async () => {
  const adapter = new FastifyAdapter({ bodyLimit: 100 });
  app = await NestFactory.create<NestFastifyApplication>(ThrowingModule, adapter, {
    bodyParser: false,
    logger: false,
  });
  app.useGlobalFilters(
    new HttpErrorFilter(new FaultWatch({ error: () => undefined, warn: () => undefined })),
  );
  await app.init();
});

afterAll(() => app.close());

async function answerTo(url: string, post?: { type: string; payload: string }) {
  const headers = post && { 'content-type': post.type };
  const response = await app.inject({ url, method: post ? 'POST' : 'GET', payload: post?.payload, headers });
  const { status, code, detail, ...rest } = response.json<Record<string, unknown>>();
  expect(status).toBe(response.statusCode);
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  return { status, code, detail, rest, headers: response.headers, text: response.body };
}

describe('an error', () => {
  it.each([
    ['invalid', 400, 'request.invalid'],
    ['missing', 404, 'user.not-found'],
    ['refused', 409, 'memory.already-exists'],
    ['stale', 412, 'stream.version-conflict'],
    ['reused', 422, 'command.key-reused'],
    ['corrupt', 500, 'event.undecodable'],
    ['busy', 503, 'service.busy'],
    ['foreign', 400, 'request.malformed'],
    ['bug', 500, 'internal.error'],
    ['text', 500, 'internal.error'],
  ])('of kind "%s" is answered with status %i and code %s', async (what, status, code) => {
    expect(await answerTo(`/throw/${what}`)).toMatchObject({ status, code });
  });

  it('is answered with its bad fields or the current version', async () => {
    expect((await answerTo('/throw/invalid')).rest).toMatchObject({
      errors: [{ path: 'name', message: 'is required' }],
    });
    expect((await answerTo('/throw/stale')).rest).toMatchObject({ currentVersion: 2 });
  });

  it('is answered with Retry-After only where a retry helps', async () => {
    expect((await answerTo('/throw/busy')).headers['retry-after']).toBe('1');
    expect((await answerTo('/throw/refused')).headers['retry-after']).toBeUndefined();
  });

  it('that is unexpected reveals nothing about the code or the database', async () => {
    const { text } = await answerTo('/throw/bug');
    expect(text).not.toMatch(/SELECT|TypeError|undefined|\.ts/);
  });
});

describe('a request that never reaches a route', () => {
  it('is answered with 404, without repeating its query string', async () => {
    expect(await answerTo('/nowhere?token=secret')).toMatchObject({
      status: 404,
      code: 'route.not-found',
      detail: 'There is no route GET /nowhere; see /docs for all routes.',
    });
  });

  it('is answered with 400 when its body is not valid JSON', async () => {
    const body = { type: 'application/json', payload: '{"name":' };
    expect(await answerTo('/bodies', body)).toMatchObject({ status: 400, code: 'request.malformed' });
  });

  it('is answered with 415 when its body has another content type', async () => {
    const body = { type: 'application/xml', payload: '<a/>' };
    expect(await answerTo('/bodies', body)).toMatchObject({ status: 415, code: 'body.not-json' });
  });

  it('is answered with 413 when its body is too large', async () => {
    const body = { type: 'application/json', payload: JSON.stringify('a'.repeat(200)) };
    expect(await answerTo('/bodies', body)).toMatchObject({ status: 413, code: 'body.too-large' });
  });
});
