import { whyOf } from './why.js';

const refused = (address: string) => new Error(`connect ECONNREFUSED ${address}`);

describe('whyOf', () => {
  it.each([
    ['the message of an error', refused('::1'), 'connect ECONNREFUSED ::1'],
    [
      'the messages of several errors, as for a host with two addresses',
      new AggregateError([refused('::1'), refused('127.0.0.1')]),
      'connect ECONNREFUSED ::1; connect ECONNREFUSED 127.0.0.1',
    ],
    ['the code of an error without a message', Object.assign(new Error(''), { code: 'EPIPE' }), 'EPIPE'],
    ['the name of an error without message and code', new TypeError(''), 'TypeError'],
    ['the text of a value that is no error', 'no', 'no'],
  ])('returns %s', (_what, error, why) => {
    expect(whyOf(error)).toBe(why);
  });
});
