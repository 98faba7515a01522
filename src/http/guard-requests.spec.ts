import type { IncomingHttpHeaders } from 'node:http';
import type { AllowedCallers } from '../config.js';
import { refusalOfHead } from './guard-requests.js';

const LOOPBACK: AllowedCallers = { hosts: ['memory.example.com'], origins: ['https://app.example.com'] };
const PUBLIC: AllowedCallers = { hosts: undefined, origins: [] };

const codeOf = (
  headers: IncomingHttpHeaders,
  { method = 'POST', httpVersion = '1.1', callers = LOOPBACK } = {},
) =>
  refusalOfHead({ method, httpVersion, headers: { host: 'localhost:3000', ...headers } }, callers)?.code ??
  'passes';

describe('the name in Host', () => {
  it.each([
    'localhost',
    'LOCALHOST:3000',
    '127.0.0.1:3000',
    '[::1]:3000',
    'store:3000',
    'app.localhost:3000',
    'memory.example.com',
    'Memory.Example.com:443',
  ])('may be %s on a loopback address', (host) => {
    expect(codeOf({ host }, { method: 'GET' })).toBe('passes');
    expect(codeOf({ host })).toBe('passes');
  });

  it.each(['evil.example', 'evil.example:3000', '127.0.0.1.evil.example', 'memory.example.com.evil.example'])(
    'is refused on a loopback address for reads and changes: %s, which another site may resolve to it',
    (host) => {
      expect(codeOf({ host }, { method: 'GET' })).toBe('host.not-allowed');
      expect(codeOf({ host })).toBe('host.not-allowed');
    },
  );

  it('may be any on another address without a list', () => {
    expect(codeOf({ host: 'memory.example.org' }, { callers: PUBLIC })).toBe('passes');
  });

  it('is required in HTTP/1.1', () => {
    expect(codeOf({ host: undefined })).toBe('request.malformed');
    expect(codeOf({ host: undefined }, { httpVersion: '1.0' })).toBe('passes');
  });
});

describe('a change', () => {
  it.each([
    ['of a client that is no browser', {}],
    ['of a page of the service itself', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }],
    [
      'of such a page behind a proxy that speaks https',
      { origin: 'https://store.example', host: 'store.example' },
    ],
    ['of a page that is allowed', { origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site' }],
    ['that the user made by hand', { 'sec-fetch-site': 'none' }],
  ])('%s passes', (_what, headers) => {
    const callers = { ...LOOPBACK, hosts: ['store.example'] };
    for (const method of ['POST', 'PATCH', 'DELETE', 'PUT'])
      expect(codeOf(headers, { method, callers })).toBe('passes');
  });

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['another port of this machine', { origin: 'http://localhost:8080', 'sec-fetch-site': 'same-site' }],
    ['a sandboxed frame or a file', { origin: 'null' }],
    ['another site, with no origin', { 'sec-fetch-site': 'cross-site' }],
    ['another port, with no origin', { 'sec-fetch-site': 'same-site' }],
    ['a site whose name begins like an allowed one', { origin: 'https://app.example.com.evil.example' }],
  ])('is refused from a page of %s, which may still read nothing', (_what, headers) => {
    for (const method of ['POST', 'PATCH', 'DELETE', 'PUT'])
      expect(codeOf(headers, { method })).toBe('request.cross-origin');
    expect(codeOf(headers, { method: 'GET' })).toBe('passes');
  });
});

describe('a body', () => {
  it.each(['gzip', 'br', 'deflate, gzip', ''])('with Content-Encoding: %j is refused', (encoding) => {
    expect(codeOf({ 'content-encoding': encoding })).toBe('body.encoded');
  });

  it('may say that it is as it is', () => {
    expect(codeOf({ 'content-encoding': 'Identity' })).toBe('passes');
  });

  it('of a read is not looked at', () => {
    expect(codeOf({ 'content-encoding': 'gzip' }, { method: 'GET' })).toBe('passes');
  });
});
