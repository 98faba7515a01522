import { contentCoding } from './content-coding.js';

describe('contentCoding', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['identity', 'identity'],
    ['deflate', 'identity'],
    ['gzip', 'gzip'],
    ['GZIP;q=0.5', 'gzip'],
    ['gzip, deflate, br, zstd', 'zstd'],
    ['br, gzip', 'br'],
    ['gzip;q=1, zstd;q=0.5', 'gzip'],
    ['zstd;q=0, *', 'br'],
    ['*;q=0', 'identity'],
    ['gzip;q=0', 'identity'],
    ['gzip;q=0.1, identity;q=0.9', 'identity'],
  ])('chooses for %p', (header, coding) => {
    expect(contentCoding(header)).toBe(coding);
  });
});
