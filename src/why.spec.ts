import { whyOf } from './why.js';

const refused = (address: string) => new Error(`connect ECONNREFUSED ${address}`);

describe('whyOf', () => {
  it.each([
    ['an error', refused('::1'), 'connect ECONNREFUSED ::1'],
    [
      'several without words of their own, as from a host with two addresses',
      new AggregateError([refused('::1'), refused('127.0.0.1')]),
      'connect ECONNREFUSED ::1; connect ECONNREFUSED 127.0.0.1',
    ],
    ['a code without words', Object.assign(new Error(''), { code: 'EPIPE' }), 'EPIPE'],
    ['neither', new TypeError(''), 'TypeError'],
    ['what is no error', 'no', 'no'],
  ])('%s', (_what, error, why) => {
    expect(whyOf(error)).toBe(why);
  });
});
