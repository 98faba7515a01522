import * as fc from 'fast-check';
import { isExact, parseJson, roundedNumbers } from './exact-numbers.js';

const roundedIn = (text: string) => roundedNumbers(parseJson(text) as object);

describe('a number', () => {
  it.each([
    '0',
    '-0',
    '0e7',
    '0.1',
    '1.0',
    '10e-1',
    '100000000000000000000000',
    '1e308',
    '5e-324',
    '9007199254740992',
    '0.30000000000000004',
    '1.7976931348623157E+308',
  ])('is exact when a double has the same decimal value: %s', (source) => {
    expect(isExact(source)).toBe(true);
  });

  it.each([
    '9007199254740993',
    '12345678901234567890',
    '0.1234567890123456789',
    '1e-400',
    '-9007199254740993',
    '0.10000000000000001',
    '4.9e-324',
  ])('is not exact when it comes back as another: %s', (source) => {
    expect(isExact(source)).toBe(false);
  });

  it('is exact however JavaScript writes a double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) =>
        isExact(JSON.stringify(value)),
      ),
    );
  });
});

describe('parsed JSON', () => {
  it('is what JSON.parse makes of it, whatever its numbers', () => {
    const text = String.raw`{"a":[9007199254740993,"9007199254740993","\"1e-400",1e5,true],"b":{"é":1e-400}}`;
    expect(parseJson(text)).toEqual(JSON.parse(text));
    expect(() => parseJson('{"a":9007199254740993')).toThrow(SyntaxError);
  });

  it('remembers where numbers were rounded', () => {
    expect(roundedIn('{"n":9007199254740993}')).toEqual(['n']);
    expect(roundedIn('{"a":[1,{"b.c":[0, 1e-400]}],"d":-0.1234567890123456789}')).toEqual(['d', 'a.1.b.c.1']);
    expect(roundedIn('[ 12345678901234567890 ]')).toEqual(['0']);
  });

  it('has nothing rounded in its texts, its exact numbers and what is infinite', () => {
    const texts = [
      String.raw`{"a":"[9007199254740993, 1e-400]","b\\":"\\\"\\","c":{":1e-400":":12345678901234567890"}}`,
      '{"a":[1e5,0.30000000000000004,100000000000000000000000,-0,1e999,-1e999]}',
    ];
    expect(texts.map(roundedIn)).toEqual([[], []]);
  });

  it('has rounded exactly the numbers whose text is another after a round trip', () => {
    const sources = fc.oneof(
      fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.stringMatching(/^-?[1-9]\d{0,20}\.\d{1,20}$/),
    );
    fc.assert(
      fc.property(fc.array(sources, { minLength: 1 }), (numbers) => {
        const expected = numbers.flatMap((source, i) => (isExact(source) ? [] : [String(i)]));
        expect(roundedIn(`["9007199254740993",${numbers.join(', ')}]`)).toEqual(
          expected.map((i) => String(Number(i) + 1)),
        );
      }),
    );
  });
});
