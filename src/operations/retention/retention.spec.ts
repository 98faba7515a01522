import { jest } from '@jest/globals';
import { MINUTE_MS } from '../../durations.js';
import { Retention, type RetentionSettings } from './retention.js';

const YEARLY = '0 0 29 2 *';
const TURNS = { turns: 90 };

describe('the schedule of retention', () => {
  const isLeader = jest.fn(async () => false);
  let retention: Retention;

  beforeEach(() => {
    jest.useFakeTimers({ now: new Date('2026-03-03T08:00:00Z') });
    isLeader.mockClear();
  });

  afterEach(async () => {
    await retention.close();
    jest.useRealTimers();
  });

  /** One that is never the leader, and so never runs: it only shows when it would. */
  function begun(settings: RetentionSettings): void {
    const parts: unknown = { settings, isLeader };
    retention = new Retention(parts as ConstructorParameters<typeof Retention>[0]);
    retention.begin();
  }

  it('has its first run a minute after the start, and not earlier', async () => {
    begun({ policy: TURNS, schedule: YEARLY });
    await jest.advanceTimersByTimeAsync(MINUTE_MS - 1);
    expect(isLeader).toHaveBeenCalledTimes(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(isLeader).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(60 * MINUTE_MS);
    expect(isLeader).toHaveBeenCalledTimes(1);
  });

  it('leaves a run to the one process that does what only one of them may', async () => {
    begun({ policy: TURNS, schedule: '30 8 * * *' });
    await jest.advanceTimersByTimeAsync(31 * MINUTE_MS);
    expect(isLeader).toHaveBeenCalledTimes(2);
    expect(retention.jobs.list()).toEqual([]);
  });

  it('has no run when the service stops before', async () => {
    begun({ policy: TURNS, schedule: YEARLY });
    await retention.close();
    await jest.advanceTimersByTimeAsync(2 * MINUTE_MS);
    expect(isLeader).toHaveBeenCalledTimes(0);
  });

  it.each<[what: string, settings: RetentionSettings]>([
    ['a rule', { policy: {}, schedule: '* * * * *' }],
    ['a schedule', { policy: TURNS, schedule: undefined }],
  ])('has no run without %s', async (_what, settings) => {
    begun(settings);
    await jest.advanceTimersByTimeAsync(5 * MINUTE_MS);
    expect(isLeader).not.toHaveBeenCalled();
    expect(retention.nextRun()).toBeNull();
  });
});
