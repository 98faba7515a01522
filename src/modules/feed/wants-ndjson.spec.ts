import { wantsNdjson } from './wants-ndjson.js';

describe('an Accept header', () => {
  it.each([
    'application/x-ndjson',
    'APPLICATION/X-NDJSON; charset=utf-8',
    'application/x-ndjson, */*;q=0.1',
    'application/json;q=0.5, application/x-ndjson',
    'application/x-ndjson, application/json',
  ])('asks for NDJSON: %s', (accept) => {
    expect(wantsNdjson(accept)).toBe(true);
  });

  it.each([
    undefined,
    '',
    '*/*',
    'application/json',
    'application/json, application/x-ndjson',
    'application/x-ndjson;q=0.5, application/json',
    'application/x-ndjson;q=0',
    'application/x-ndjsonp',
  ])('does not ask for NDJSON: %s', (accept) => {
    expect(wantsNdjson(accept)).toBe(false);
  });
});
