import { refusalOf } from '../../../test/support/refusal.js';
import { jsonBody } from './json-body.js';

const malformed = (bytes: Buffer, contentType?: string) => refusalOf(() => jsonBody(bytes, contentType));

describe('a body', () => {
  it('is parsed as JSON in UTF-8', () => {
    expect(jsonBody(Buffer.from('{"text":"café 😀"}'))).toEqual({ text: 'café 😀' });
  });

  it('may be empty, which counts as no body', () => {
    expect(jsonBody(Buffer.alloc(0))).toBeUndefined();
  });

  it.each([
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/json; charset=utf8; v=1',
  ])('may name its charset: %s', (contentType) => {
    expect(jsonBody(Buffer.from('{}'), contentType)).toEqual({});
  });

  it.each(['iso-8859-1', 'utf-16', '"windows-1252"', 'utf-8x'])(
    'is refused in another charset: %s',
    (charset) => {
      expect(malformed(Buffer.from('{}'), `application/json; Charset=${charset}`)).toMatchObject({
        status: 400,
        code: 'request.malformed',
        message: 'Send the body in UTF-8; no other charset is accepted.',
      });
    },
  );

  it.each([
    ['a letter in Latin-1', [0x63, 0x61, 0x66, 0xe9]],
    ['half of a surrogate pair', [0xed, 0xa0, 0xbd]],
    ['a character that is cut off', [0xf0, 0x9f, 0x98]],
    ['an overlong form', [0xc0, 0xaf]],
  ])('is refused when its bytes are not UTF-8: %s', (_, bytes) => {
    const body = Buffer.concat([Buffer.from('{"text":"'), Buffer.from(bytes), Buffer.from('"}')]);
    expect(malformed(body)).toMatchObject({ status: 400, message: 'The body is not valid UTF-8.' });
  });

  it.each(['{', '{}x', '\ufeff{}', 'NaN', "{'a':1}", ' '])('is refused when it is not JSON: %j', (text) => {
    expect(malformed(Buffer.from(text))).toMatchObject({
      status: 400,
      code: 'request.malformed',
      message: 'The body is not valid JSON.',
    });
  });
});
