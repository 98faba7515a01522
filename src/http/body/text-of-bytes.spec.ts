import { encodedUrl, headerText, queryRefusal } from './text-of-bytes.js';

/** A header value as Node passes it on: one character for each byte. */
const received = (text: string, encoding: BufferEncoding = 'utf8') =>
  Buffer.from(text, encoding).toString('latin1');

describe('the text of a header', () => {
  it.each(['order-7', 'ключ-é', '鍵', '😀', 'é'])('is what a client sent in UTF-8: %s', (text) => {
    expect(headerText(received(text))).toBe(text);
  });

  it('is what a client sent in Latin-1', () => {
    expect(headerText(received('clé à 5 £', 'latin1'))).toBe('clé à 5 £');
  });

  it('is what a client sent that encodes UTF-8 twice', () => {
    expect(headerText(received(received('ключ-é')))).toBe('ключ-é');
  });
});

describe('a URL', () => {
  it('has its bytes percent-encoded, so that it is decoded as UTF-8', () => {
    expect(encodedUrl(received('/v1/search?q=café'))).toBe('/v1/search?q=caf%C3%A9');
    expect(encodedUrl('/v1/search?q=caf%C3%A9')).toBe('/v1/search?q=caf%C3%A9');
  });

  it.each(['/a', '/a?', '/a?q=x+y', '/a?q=%C3%A9&r=%F0%9F%98%80', '/%FF?q=1'])(
    'may have the query of %s',
    (url) => {
      expect(queryRefusal(url)).toBeUndefined();
    },
  );

  it.each(['/a?q=%FF', '/a?q=%ED%A0%80', '/a?q=%E0%A4%A', '/a?%', '/a?q=1&%C3=2'])(
    'is refused when its query is not UTF-8: %s',
    (url) => {
      expect(queryRefusal(url)).toMatchObject({ status: 400, code: 'request.malformed' });
    },
  );
});
