import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { AllowedCallers } from '../config.js';
import { InvalidInput, type StoreError } from '../errors.js';
import { HttpRefusal } from './problems/http-refusal.js';
import { protectiveHeaders } from './protective-headers.js';

/** What a request says about itself before its route is known. */
export interface RequestHead {
  method?: string | undefined;
  httpVersion: string;
  headers: IncomingHttpHeaders;
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses requests that no route must see, and gives every answer the headers that protect it in a browser.
 */
export function guardRequests(instance: FastifyInstance, callers: AllowedCallers, isTls: boolean): void {
  const headersFor = protectiveHeaders(isTls);
  instance.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headersFor(request.url));
    done(refusalOfHead(request.raw, callers));
  });
}

/** Returns why a request is refused, whatever it asks for. */
export function refusalOfHead(head: RequestHead, callers: AllowedCallers): StoreError | undefined {
  const { headers, method = '', httpVersion } = head;
  const { host } = headers;
  if (host === undefined) {
    if (httpVersion === '1.1')
      return InvalidInput.malformed('A request of HTTP/1.1 must have a Host header.');
  } else if (callers.hosts !== undefined && !isOwnName(host, callers.hosts)) return HttpRefusal.host();
  if (SAFE_METHODS.has(method)) return undefined;
  const { 'content-encoding': encoding = 'identity' } = headers;
  if (encoding.toLowerCase() !== 'identity') return HttpRefusal.encodedBody();
  return isOwnPage(headers, callers.origins) ? undefined : HttpRefusal.crossOrigin();
}

/**
 * Whether nobody else can make a browser believe that the name is theirs. A page of another site reaches a
 * service on a loopback address by a name of its own that resolves to 127.0.0.1 (DNS rebinding); for that it
 * needs a domain.
 */
function isOwnName(host: string, allowed: readonly string[]): boolean {
  const name = host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replaceAll(/^\[|\]$/g, '');
  if (!name.includes('.') || name.endsWith('.localhost')) return true;
  return isIP(name) !== 0 || allowed.includes(name);
}

/**
 * Whether the request comes from no browser, from a page that this service served, or from one that is
 * allowed.
 */
function isOwnPage(headers: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  const { origin, host = '' } = headers;
  const { 'sec-fetch-site': site = 'none' } = headers;
  if (origin === undefined) return site === 'none' || site === 'same-origin';
  const lower = origin.toLowerCase();
  // The proxy in front may speak https, so that the scheme says nothing.
  return allowed.includes(lower) || lower.replace(/^https?:\/\//, '') === host.toLowerCase();
}
