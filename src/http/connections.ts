import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import { Server as TcpServer, type Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { Deadlines } from '../config.js';
import { InvalidInput, NotFound, type StoreError } from '../errors.js';
import { HttpRefusal } from './problems/http-refusal.js';
import { PROBLEM_TYPE, problemOf, titleOf } from './problems/problem.js';

/** Interval at which Node looks for requests that are overdue, ms. */
const CHECK_MS = 500;
/**
 * How long a connection may be idle, ms. Clients and load balancers, which keep one for up to 60 s as a rule,
 * close it first: when the service does, a request may be on its way on it.
 */
const IDLE_MS = 72_000;
/**
 * How long a refused client may go on sending before its connection is cut, ms: a cut at once loses the
 * answer.
 */
const LINGER_MS = 1_000;
/** How long idle connections stay open after a shutdown begins, ms: a request may be on its way on one. */
const GRACE_MS = 250;
/** Interval at which idle connections are closed during shutdown, ms. */
const IDLE_SWEEP_MS = 50;
/** The part of the time for a shutdown that clients get; the rest is for closing the store. */
const CLIENTS_SHARE = 0.5;

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

const logger = new Logger('http');

/** The options of Node's HTTP server. */
export function connectionOptions({ headersMs, requestMs }: Deadlines): ServerOptions {
  return {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: CHECK_MS,
    keepAliveTimeout: IDLE_MS,
    // Node would answer without a body; a hook refuses the request instead.
    requireHostHeader: false,
  };
}

/** Answers what never becomes a request of Fastify with problem documents. */
export function answerBadConnections(server: Server): void {
  const latest = new WeakMap<Socket, Exchange>();
  server.on('request', (request, response) => latest.set(request.socket, { request, response }));
  server.removeAllListeners('clientError');
  server.on('clientError', (cause: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    if (cannotAnswer(cause)) socket.destroy();
    else answerWhenDue(socket, connectionError(cause), latest.get(socket));
  });
  server.on('connect', ({ url = '' }, stream) => endWith(stream as Socket, NotFound.route('CONNECT', url)));
  server.on('checkExpectation', (_request, response: ServerResponse) => {
    const error = HttpRefusal.expectation();
    const body = JSON.stringify(problemOf(error));
    const headers = { 'content-length': Buffer.byteLength(body), 'content-type': PROBLEM_TYPE };
    response.writeHead(error.status, { ...headers, 'x-correlation-id': randomUUID() }).end(body);
  });
}

/** Whether the client has gone, or has not even agreed on TLS. */
function cannotAnswer({ code = '' }: NodeJS.ErrnoException): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE' || /^ERR_(SSL|TLS)_/.test(code);
}

function connectionError(cause: NodeJS.ErrnoException): StoreError {
  if (cause.code === 'ERR_HTTP_REQUEST_TIMEOUT') return HttpRefusal.timeout(cause);
  if (cause.code === 'HPE_HEADER_OVERFLOW') return HttpRefusal.headers(cause);
  return InvalidInput.malformed('The request is not valid HTTP.', cause);
}

/** The error never takes the place of another answer: of one that is on its way, or of a command at work. */
function answerWhenDue(socket: Socket, error: StoreError, latest: Exchange | undefined): void {
  if (latest === undefined || latest.response.writableFinished) {
    // The rest of a request that already has its answer needs no second one.
    if (latest?.request.complete === false) socket.destroy();
    else endWith(socket, error);
  } else if (latest.request.complete) {
    latest.response.once('finish', () => endWith(socket, error));
  } else if (latest.response.headersSent) socket.destroy();
  else endWith(socket, error);
}

function endWith(socket: Socket, error: StoreError): void {
  if (!socket.writable) return;
  const body = JSON.stringify(problemOf(error));
  const head = [
    `HTTP/1.1 ${error.status} ${titleOf(error.status)}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Correlation-Id: ${randomUUID()}`,
    'Connection: close',
  ];
  socket.on('error', () => socket.destroy());
  socket.once('end', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** During shutdown, every answer ends its connection; idle connections are closed, and the last ones cut. */
export function closeConnectionsWhenStopping(instance: FastifyInstance, shutdownMs: number): void {
  const { server } = instance;
  const sockets = new Set<Socket>();
  let stopping = false;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const cutAll = () => {
    logger.warn({ msg: 'connections cut: their clients did not finish in time', connections: sockets.size });
    for (const socket of sockets) socket.destroy();
  };
  const finishClosing = () => {
    const sweeper = setInterval(() => {
      server.closeIdleConnections();
      // For Node, a connection on which nothing was sent yet is not idle.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    }, IDLE_SWEEP_MS);
    const cutter = setTimeout(cutAll, Math.max(0, shutdownMs * CLIENTS_SHARE - GRACE_MS));
    server.once('close', () => {
      clearInterval(sweeper);
      clearTimeout(cutter);
    });
  };
  instance.addHook('preClose', (done) => {
    stopping = true;
    // Not the HTTP server's own close(): it cuts idle connections although a request may be on its way.
    TcpServer.prototype.close.call(server);
    setTimeout(() => {
      finishClosing();
      done();
    }, GRACE_MS);
  });
  instance.addHook('onRequest', (_request, reply, done) => {
    if (stopping) void reply.header('connection', 'close');
    done();
  });
}
