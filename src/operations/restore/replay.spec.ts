import { GENESIS } from '../../events/log/event-hash.js';
import type { ReceiptRow, SkipRow } from '../../events/log/log-tables.js';
import type { LogEntry, LoggedEvent } from '../lines/log-line.js';
import { WholeCommands } from './replay.js';
import type { RestoreTarget } from './restore-plan.js';

const HEAD = { position: 10, hash: 'a'.repeat(64), recordedAt: 0 };

const event = (position: number, command: string): LogEntry => ({
  kind: 'event',
  line: position,
  event: { position, commandId: command, hash: `${position}`, recordedAt: position * 100 } as LoggedEvent,
});
const receipt = (position: number): LogEntry => ({
  kind: 'receipt',
  line: position,
  receipt: { position } as ReceiptRow,
});
const skip = (position: number): LogEntry => ({
  kind: 'skip',
  line: position,
  skip: { position } as SkipRow,
});

/** Two commands of two events each with their receipts, and a skip of an event of each. */
const LINES = [
  event(11, 'first'),
  event(12, 'first'),
  receipt(12),
  event(13, 'second'),
  event(14, 'second'),
  receipt(14),
  skip(11),
  skip(13),
];

async function* given(entries: readonly LogEntry[]): AsyncGenerator<LogEntry> {
  yield* entries;
}

/** What is passed on, such as `event 11`, and where a left-out command begins. */
async function passedOn(target: RestoreTarget | undefined, entries: readonly LogEntry[] = LINES) {
  const commands = new WholeCommands(HEAD, target);
  const lines: string[] = [];
  for await (const entry of commands.upToTarget(given(entries))) lines.push(`${entry.kind} ${entry.line}`);
  return { lines, leftOutFrom: commands.leftOut?.from };
}

const FIRST = ['event 11', 'event 12', 'receipt 12'];
const ALL = [...FIRST, 'event 13', 'event 14', 'receipt 14', 'skip 11', 'skip 13'];

describe('the lines that a restore replays', () => {
  it('are all of them without a target', async () => {
    expect(await passedOn(undefined)).toEqual({ lines: ALL, leftOutFrom: undefined });
  });

  it.each<[string, RestoreTarget]>([
    ['a position', { position: 12 }],
    ['a time', { time: 1_250 }],
  ])('end with the last command up to %s, and name no later event in a skip', async (_what, target) => {
    // A log that is read up to its target ends before the skips.
    expect((await passedOn(target)).lines).toEqual(FIRST);
  });

  it('leave out a command that the target would split, with its skips', async () => {
    const skipsFirst = [skip(11), skip(13), ...LINES.slice(0, -2)];
    expect(await passedOn({ position: 13 }, skipsFirst)).toEqual({
      lines: [...FIRST, 'skip 11'],
      leftOutFrom: 13,
    });
  });

  it('leave out events that the log already has', async () => {
    expect((await passedOn(undefined, [event(9, 'zero'), ...LINES])).lines).toEqual(ALL);
  });

  it.each<[string, LogEntry]>([
    ['an event', { ...event(10, 'zero') }],
    [
      'a header',
      {
        kind: 'header',
        line: 1,
        header: {
          edgesoul: 'log',
          format: 1,
          scope: 'all',
          after: 10,
          previousHash: GENESIS,
          upTo: 14,
          createdAt: '2026-03-02T08:00:00.000Z',
        },
      },
    ],
  ])('are refused if %s at the head has another hash', async (_what, entry) => {
    await expect(passedOn(undefined, [entry, ...LINES])).rejects.toMatchObject({
      code: 'restore.unverified',
    });
  });
});
