import { Corrupt, Refused } from '../../errors.js';
import { GENESIS } from '../../events/log/event-hash.js';
import { backupName, type Manifest } from '../backup/manifest.js';
import { segmentName, shortHash } from '../shipping/segments.js';
import {
  planRestore,
  type AvailableBackups,
  type RestoreTarget,
  type SealedSegment,
} from './restore-plan.js';

const BEGIN = Date.parse('2026-03-02T08:00:00Z');

const minute = (number: number) => BEGIN + number * 60_000;
const iso = (time: number) => new Date(time).toISOString();

/** The hash of the event at the position, on one of the pasts that a log can have. */
function hashAt(position: number, past = 'a'): string {
  return position === 0 ? GENESIS : `${past}${position.toString(16)}`.padEnd(64, '0');
}

/** A full backup of the first so many events, begun at the minute. */
function backup(position: number, begun: number, past?: string): Manifest {
  const createdAt = iso(minute(begun));
  return {
    format: 1,
    backupId: `backup-${begun}`,
    file: `${backupName(new Date(createdAt))}.db.zst`,
    kind: 'sqlite',
    createdAt,
    position,
    chainHead: hashAt(position, past),
    recordedAt: position === 0 ? null : createdAt,
    bytes: 1,
    sha256: '',
    rawBytes: 1,
    events: position,
    receipts: 0,
    migrations: [],
    projections: [],
    verified: true,
    durationMs: 1,
    steps: [],
  };
}

/**
 * The events between two positions, sealed at the minute; where a past begins that is not that of the event
 * before.
 */
function segment(
  from: number,
  to: number,
  sealed: number,
  { past = 'a', before }: { past?: string; before?: string } = {},
): SealedSegment {
  const previous = hashAt(from - 1, before ?? past);
  const last = hashAt(to, past);
  return {
    file: segmentName({ position: from - 1, hash: previous }, { position: to, hash: last }),
    from,
    to,
    previousHash: shortHash(previous),
    lastHash: shortHash(last),
    sealedAt: minute(sealed),
  };
}

const brokenAt = (begun: number) => ({ name: `${backupName(new Date(minute(begun)))}.json`, why: 'cut off' });

function plan(available: Partial<AvailableBackups>, target?: RestoreTarget) {
  return planRestore({ folder: '/mnt/backups', backups: [], broken: [], segments: [], ...available }, target);
}

function refusalOf(available: Partial<AvailableBackups>, target?: RestoreTarget): Error {
  try {
    plan(available, target);
  } catch (error) {
    return error as Error;
  }
  throw new Error('It was planned.');
}

describe('a restore plan', () => {
  it('is the newest backup and every segment that follows on it', () => {
    const [older, newer] = [backup(10, 1), backup(20, 5)];
    const segments = [segment(11, 20, 2), segment(21, 30, 6), segment(31, 40, 7)];
    expect(plan({ backups: [newer, older], segments })).toEqual({
      base: newer,
      segments: segments.slice(1),
      end: 40,
    });
  });

  it('is the backup alone where nothing follows', () => {
    const base = backup(10, 1);
    expect(plan({ backups: [base] })).toEqual({ base, segments: [], end: 10 });
  });

  it('follows the hashes, past segments of another log', () => {
    const base = backup(10, 1);
    const own = segment(11, 20, 3);
    const other = segment(11, 15, 4, { past: 'f' });
    expect(plan({ backups: [base], segments: [own, other] }).segments).toEqual([own]);
  });

  it.each([
    ['in the order of their positions', (segments: SealedSegment[]) => segments],
    ['in another order', (segments: SealedSegment[]) => segments.toReversed()],
  ])('takes the newest segment where two follow on one place, given %s', (_what, given) => {
    const base = backup(10, 1);
    // A restore to position 20 has come between: what was 21 to 30 is given up.
    const common = segment(11, 20, 2);
    const givenUp = segment(21, 30, 3);
    const present = segment(21, 34, 9, { past: 'b', before: 'a' });
    const { segments, end } = plan({ backups: [base], segments: given([common, givenUp, present]) });
    expect(segments).toEqual([common, present]);
    expect(end).toBe(34);
  });

  it('takes the longer one of two that were sealed at the same time', () => {
    const base = backup(10, 1);
    const [shorter, merged] = [segment(11, 15, 3), segment(11, 20, 3)];
    expect(plan({ backups: [base], segments: [shorter, merged] }).segments).toEqual([merged]);
  });

  it('goes on with a segment within which the backup ends', () => {
    const base = backup(10, 3);
    const across = segment(6, 15, 4);
    const next = segment(16, 20, 5);
    expect(plan({ backups: [base], segments: [segment(1, 5, 2), across, next] })).toEqual({
      base,
      segments: [across, next],
      end: 20,
    });
  });

  it('does not go on with one that was sealed before the backup, whose past may be another', () => {
    const base = backup(10, 5);
    const before = segment(6, 15, 4);
    expect(plan({ backups: [base], segments: [before] })).toEqual({ base, segments: [], end: 10 });
  });

  it('does not bring back the log before a reset from the backup of the empty store', () => {
    const empty = backup(0, 5);
    const ofOldLog = segment(1, 30, 4);
    expect(plan({ backups: [empty], segments: [ofOldLog] }).end).toBe(0);
    const ofNewLog = segment(1, 3, 6, { past: 'b', before: 'b' });
    expect(plan({ backups: [empty], segments: [ofOldLog, ofNewLog] }).segments).toEqual([ofNewLog]);
  });
});

describe('a restore plan for a position', () => {
  const backups = [backup(20, 5), backup(10, 1)];
  const segments = [segment(11, 20, 2), segment(21, 30, 6), segment(31, 40, 7)];

  it.each([
    [10, 10, 10],
    [15, 10, 20],
    [20, 20, 20],
    [25, 20, 30],
    [40, 20, 40],
  ])(
    '%i begins with the newest backup before it, %i, and ends with the segment to %i',
    (position, from, end) => {
      const planned = plan({ backups, segments }, { position });
      expect([planned.base.position, planned.end]).toEqual([from, end]);
    },
  );

  it('takes an older backup where nothing leads on from the newest', () => {
    const stray = backup(22, 8, 'f');
    expect(plan({ backups: [stray, ...backups], segments }, { position: 25 }).base).toEqual(backups[0]);
  });

  it.each([
    [9, /before the oldest backup, .*, which ends at position 10 of 2026/],
    [41, /the log reaches position 40\. Omit --to/],
  ])('%i is refused where nothing reaches it, by saying what is there', (position, why) => {
    const error = refusalOf({ backups, segments }, { position });
    expect(error).toBeInstanceOf(Refused);
    expect(error.message).toMatch(why);
  });

  it('does not look at backups that are broken, when it is reached without', () => {
    expect(plan({ backups, segments, broken: [brokenAt(9)] }, { position: 40 }).end).toBe(40);
  });
});

describe('a restore plan for a time', () => {
  const backups = [backup(20, 5), backup(10, 1)];
  const segments = [segment(11, 20, 2), segment(21, 30, 6)];

  it('begins with the newest backup whose last event is not after it', () => {
    expect(plan({ backups, segments }, { time: minute(4) }).base.position).toBe(10);
    expect(plan({ backups, segments }, { time: minute(5) }).base.position).toBe(20);
  });

  it('begins also with the backup of an empty store', () => {
    const empty = backup(0, 9);
    expect(plan({ backups: [empty] }, { time: minute(0) }).base).toEqual(empty);
  });

  it('is refused in front of the oldest backup', () => {
    const error = refusalOf({ backups, segments }, { time: minute(0) });
    expect(error.message).toMatch(/^2026-03-02T08:00:00.000Z is before the oldest backup/);
  });
});

const numbered = (sequence: number, ...of: Parameters<typeof backup>) => ({ ...backup(...of), sequence });
const after = (sequence: number, ...of: Parameters<typeof segment>) => ({ ...segment(...of), sequence });

describe('a restore plan with numbered backups', () => {
  it('follows their order, although the clock was set back', () => {
    const later = numbered(2, 30, 1);
    const earlier = numbered(1, 10, 9);
    const segments = [after(1, 11, 20, 2), after(1, 21, 30, 3), after(2, 31, 40, 4)];
    expect(plan({ backups: [later, earlier], segments })).toMatchObject({ base: later, end: 40 });
    expect(plan({ backups: [earlier], segments })).toMatchObject({ base: earlier, end: 40 });
  });

  it('goes on with a segment that was sealed while the backup was made', () => {
    const base = numbered(4, 10, 9);
    expect(plan({ backups: [base], segments: [after(3, 6, 15, 9)] }).end).toBe(15);
    expect(plan({ backups: [base], segments: [after(3, 6, 15, 8)] }).end).toBe(10);
    expect(plan({ backups: [base], segments: [after(2, 6, 15, 99)] }).end).toBe(10);
  });

  it('takes the later of two segments that follow one event, whatever their times', () => {
    const givenUp = after(1, 21, 30, 9);
    const present = after(2, 21, 24, 3, { past: 'b', before: 'a' });
    expect(plan({ backups: [numbered(2, 20, 2)], segments: [givenUp, present] }).segments).toEqual([present]);
  });

  it('ignores a broken backup with a lower number and a later time', () => {
    const broken = [{ ...brokenAt(9), sequence: 1 }];
    expect(plan({ backups: [numbered(2, 10, 1)], broken }).end).toBe(10);
    expect(
      refusalOf({ backups: [numbered(1, 10, 1)], broken: [{ ...brokenAt(9), sequence: 2 }] }),
    ).toBeInstanceOf(Corrupt);
  });
});

describe('a restore plan where a segment is missing', () => {
  const segments = [{ ...segment(11, 20, 2), lastRecordedAt: minute(2) }, segment(31, 40, 4)];

  it('reaches a time before the last event that is there', () => {
    expect(plan({ backups: [backup(10, 1)], segments }, { time: minute(2) - 1 }).end).toBe(20);
  });

  it.each([0, 1])('is refused for a time that may be after it', (later) => {
    const error = refusalOf({ backups: [backup(10, 1)], segments }, { time: minute(2) + later });
    expect(error.message).toContain('no segment follows position 20');
  });
});

describe('a restore plan is refused', () => {
  it('where there is no backup', () => {
    expect(refusalOf({ segments: [segment(1, 9, 1)] }).message).toMatch(
      /There is no backup in \/mnt\/backups/,
    );
  });

  it('where a segment is missing, by its place and what to do', () => {
    const segments = [segment(11, 20, 2), segment(31, 40, 4)];
    const error = refusalOf({ backups: [backup(10, 1)], segments });
    expect(error).toBeInstanceOf(Refused);
    expect(error.message).toContain('no segment follows position 20');
    expect(error.message).toContain('begins at 21');
    expect(error.message).toContain('--to 20');
  });

  it('but not for a segment that was sealed before the backup: a restore has given it up', () => {
    const givenUp = segment(31, 40, 1);
    expect(plan({ backups: [backup(10, 2)], segments: [givenUp] }).end).toBe(10);
  });

  it('where only broken backups are there, by the name of the newest', () => {
    const error = refusalOf({ broken: [brokenAt(5), brokenAt(1)] });
    expect(error).toBeInstanceOf(Corrupt);
    expect(error.message).toContain(brokenAt(5).name);
  });

  it('where a broken backup is newer than all that is whole', () => {
    const segments = [segment(11, 20, 2)];
    const error = refusalOf({ backups: [backup(10, 1)], segments, broken: [brokenAt(3)] });
    expect(error).toBeInstanceOf(Corrupt);
    expect(error.message).toContain(brokenAt(3).name);
  });

  it('but not for a broken backup that is older than the one it takes', () => {
    expect(plan({ backups: [backup(10, 3)], broken: [brokenAt(1)] }).end).toBe(10);
  });

  it('but not where the log was shipped beyond the broken one, or the time wanted is before it', () => {
    const [base, segments] = [backup(10, 1), [segment(11, 20, 4)]];
    expect(plan({ backups: [base], segments, broken: [brokenAt(3)] }).end).toBe(20);
    expect(plan({ backups: [base], broken: [brokenAt(3)] }, { time: minute(2) }).end).toBe(10);
  });
});
