import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { AllowedCallers } from '../config.js';
import { InvalidInput, type StoreError } from '../errors.js';
import { HttpRefusal } from './http-refusal.js';

/** What a request says about itself before its route is known. */
export interface RequestHead {
  method?: string | undefined;
  httpVersion: string;
  headers: IncomingHttpHeaders;
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Paths whose answers are data; any other may be a page, or a part of one. */
const DATA = /^\/(v1|api|health|metrics)\b/;

/** The documentation: Swagger UI writes its styles into the page. */
const DOCS = /^\/docs\b/;

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // Text never becomes markup or code, whatever a user has written.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE_HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  // For browsers that do not know frame-ancestors.
  'x-frame-options': 'DENY',
};

/**
 * Refuses requests that no route must see, and gives every answer the headers that protect it in a browser.
 */
export function guardRequests(instance: FastifyInstance, callers: AllowedCallers): void {
  instance.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-content-type-options', 'nosniff');
    if (!DATA.test(request.url)) {
      const policy = DOCS.test(request.url) ? DOCS_POLICY : PAGE_POLICY;
      void reply.headers({ ...PAGE_HEADERS, 'content-security-policy': policy });
    }
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
