import * as fc from 'fast-check';
import { uuidBytes, uuidText } from './uuid-bytes.js';

describe('the bytes of a UUID', () => {
  it('are 16, in the order of the text', () => {
    expect([...uuidBytes('00112233-4455-6677-8899-aabbccddeeff')]).toEqual([
      0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
    ]);
  });

  it('convert back to the same text', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        expect(uuidText(uuidBytes(uuid))).toBe(uuid);
      }),
    );
  });

  it('are read from the middle of a buffer, as a database may return them', () => {
    const uuid = '0195c9a0-7b3e-7000-8000-0123456789ab';
    const around = new Uint8Array(32).fill(0xee);
    around.set(uuidBytes(uuid), 8);
    expect(uuidText(around.subarray(8, 24))).toBe(uuid);
  });
});
