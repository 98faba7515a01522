import { GENESIS } from '../../events/log/event-hash.js';
import { isCovered, owedBy, type Copy, type OwnEntry } from './own-copies.js';

/** Ada, who was there from position 11 on, was erased at position 100. */
const entry: OwnEntry = {
  entry: 1,
  erasureId: 'e1',
  userId: 'ada',
  position: 100,
  hash: GENESIS,
  erasedAt: 5_000,
  from: 11,
  repeats: null,
  previous: GENESIS,
  digest: 'd1',
  isOnLog: true,
};

const segment = (from: number, to: number, more: Partial<Copy> = {}): Copy =>
  ({
    file: `segments/${from}-${to}`,
    from,
    to,
    isOnLog: true,
    ledger: undefined,
    segment: {},
    ...more,
  }) as Copy;
const backup = (to: number, more: Partial<Copy> = {}): Copy =>
  ({ file: 'b', from: 1, to, isOnLog: true, ledger: undefined, manifest: {}, ...more }) as Copy;
const taken = (isOnLog: boolean, position: number, recordedAt: number) =>
  isCovered({ isOnLog }, entry, { position, recordedAt });
const isOwed = (copy: Copy, of: OwnEntry = entry) => owedBy(copy, [of]).length > 0;

describe('a copy', () => {
  it('of the present log may have whom was there within its positions', () => {
    expect(
      [segment(1, 10), segment(1, 11), segment(99, 120), segment(100, 120)].map((each) => isOwed(each)),
    ).toEqual([false, true, true, false]);
    // A backup from after it may have been made by a release that left data in its file.
    expect([backup(10), backup(11), backup(120)].map((each) => isOwed(each))).toEqual([false, true, true]);
  });

  it('is free of whom its own mark says, if the mark is of this ledger', () => {
    const ledger = { entries: 1, digest: 'd1' };
    expect(isOwed(backup(50, { ledger }))).toBe(false);
    expect(isOwed(backup(50, { ledger: { ...ledger, digest: 'd2' } }))).toBe(true);
    expect(isOwed(backup(50, { ledger: { entries: 9, digest: 'd1' } }))).toBe(true);
  });

  it('of a past that was given up has to be looked into, wherever it ends', () => {
    expect(isOwed(segment(200, 210, { isOnLog: false }))).toBe(true);
    // An erasure of another past says nothing about the present log, which has a repetition of it.
    expect(isOwed(segment(50, 60), { ...entry, isOnLog: false })).toBe(false);
  });
});

describe('what an erasure takes out of a copy', () => {
  it('is told by positions within the present log, so that a new person under the id keeps what is theirs', () => {
    expect([taken(true, 99, 9_000), taken(true, 101, 5_000)]).toEqual([true, false]);
  });

  it('is told by times in a past that was given up, as its positions mean other events', () => {
    expect([taken(false, 200, 5_000), taken(false, 50, 5_001)]).toEqual([true, false]);
  });
});
