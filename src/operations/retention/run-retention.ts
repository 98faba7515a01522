import { NotFound, Refused, StoreError } from '../../errors.js';
import type { Reads } from '../../projections/reads/reads.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { OperationsThread } from '../in-thread.js';
import type { JobContext } from '../job-context.js';
import type { DueUsers } from './due-users.js';
import type { Cutoffs } from './expired-events.js';
import type { ExpiredOfUser } from './expired-of-user.js';
import type { RetentionInput } from './retention-in-thread.js';
import type { RetentionPolicy } from './retention-policy.js';
import { addErased, addUser, emptyReport, type RetentionReport } from './retention-report.js';

/** How often what is old of one user is chosen anew because the user is written to. */
const MAX_ATTEMPTS = 5;
/** Events whose data is erased together: what is pending is looked up by every read of the log. */
const EVENTS_TOGETHER = 20_000;
const USERS_TOGETHER = 100;

/** How a run changes the store. */
export interface RetentionEffects {
  /** Takes events back for good. Throws Refused `retraction.outdated` if the user has newer events. */
  expire(
    userId: string,
    order: { positions: number[]; expectedPosition: number; reason: string },
  ): Promise<void>;
  /** Begins the erasure of a user. */
  eraseUser(userId: string): Promise<void>;
  /** Removes the data of what was begun. */
  finish(): Promise<void>;
  /** Called once users were erased: restores must not bring them back. */
  usersErased(): Promise<void>;
}

/** A store that is brought to a policy. */
export interface RetentionParts {
  address: DatabaseAddress;
  reads: Reads;
  policy: RetentionPolicy;
  effects: RetentionEffects;
  /** Ms since 1970 UTC. */
  clock?: () => number;
}

/** Returns up to which positions what is old now; a dry run and a run choose by them. */
export async function cutoffsOf({
  reads,
  policy,
  clock = Date.now,
}: Omit<RetentionParts, 'effects'>): Promise<Cutoffs> {
  const now = clock();
  const before = async (age: number) => (await reads.positionAt(now - age)).position;
  const { memories, ...ages } = policy;
  const cutoffs: Cutoffs = {};
  for (const [rule, age] of Object.entries(ages) as [keyof typeof ages, number][])
    cutoffs[rule] = await before(age);
  if (!memories) return cutoffs;
  const byType: [string, number][] = [];
  for (const [type, age] of Object.entries(memories)) byType.push([type, await before(age)]);
  return { ...cutoffs, memories: Object.fromEntries(byType) };
}

/** Says what a run would erase now. */
export async function dryRetention(
  parts: Omit<RetentionParts, 'effects'>,
  context: JobContext = {},
): Promise<RetentionReport> {
  const thread = new OperationsThread();
  try {
    const input = { address: parts.address, cutoffs: await cutoffsOf(parts) };
    return await thread.run('retentionDryRun', input, context);
  } finally {
    await thread.close();
  }
}

/** Erases what is older than the policy lets it be. Stopped at any time, the next run goes on. */
export async function runRetention(
  parts: RetentionParts,
  context: JobContext = {},
): Promise<RetentionReport> {
  const thread = new OperationsThread();
  try {
    return await applyRetention(parts, tasksIn(thread), context);
  } finally {
    await thread.close();
  }
}

/** What a run reads and records, mostly in a thread beside the service. */
export interface RetentionTasks {
  dueUsers(input: RetentionInput, context: JobContext): Promise<DueUsers>;
  expired(input: RetentionInput & { userId: string }): Promise<ExpiredOfUser>;
  ran(input: RetentionInput & { report: RetentionReport }): Promise<void>;
}

function tasksIn(thread: OperationsThread): RetentionTasks {
  return {
    dueUsers: (input, context) => thread.run('retentionDueUsers', input, context),
    expired: (input) => thread.run('retentionExpired', input),
    ran: (input) => thread.run('retentionRan', input),
  };
}

/** Erases what is too old, wherever it is looked for. */
export async function applyRetention(
  parts: RetentionParts,
  tasks: RetentionTasks,
  context: JobContext = {},
): Promise<RetentionReport> {
  return new Run(parts, await cutoffsOf(parts), tasks, context).run();
}

class Run {
  private readonly begun = performance.now();
  private readonly report = emptyReport(false);
  private begunEvents = 0;
  private begunUsers = 0;

  constructor(
    private readonly parts: RetentionParts,
    private readonly cutoffs: Cutoffs,
    private readonly tasks: RetentionTasks,
    private readonly context: JobContext,
  ) {}

  async run(): Promise<RetentionReport> {
    const { report, cutoffs, context } = this;
    const input = { address: this.parts.address, cutoffs };
    const { userIds, inactive } = await this.tasks.dueUsers(input, context);
    const total = userIds.length + inactive.length;
    try {
      await this.eraseUsers(inactive, total);
      for (const [done, userId] of userIds.entries()) {
        context.signal?.throwIfAborted();
        await this.expire(userId);
        context.progress?.(inactive.length + done + 1, total);
      }
    } finally {
      // What was begun is not read any more, and its data goes also if the run ends here.
      await this.finish();
    }
    report.ms = Math.round(performance.now() - this.begun);
    await this.tasks.ran({ ...input, report });
    return report;
  }

  private async eraseUsers(userIds: readonly string[], total: number): Promise<void> {
    const erased: string[] = [];
    try {
      for (const [done, userId] of userIds.entries()) {
        this.context.signal?.throwIfAborted();
        if (await this.eraseUser(userId)) erased.push(userId);
        this.context.progress?.(done + 1, total);
      }
    } finally {
      addErased(this.report, erased);
      if (erased.length > 0) await this.parts.effects.usersErased();
    }
  }

  /** Returns false if the user is gone already. */
  private async eraseUser(userId: string): Promise<boolean> {
    try {
      await this.parts.effects.eraseUser(userId);
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
    await this.begin(0);
    return true;
  }

  /** Erases what of the user is old, as much as one command takes at a time. */
  private async expire(userId: string): Promise<void> {
    const sum: ExpiredOfUser = { ...NOTHING, userId };
    for (let attempt = 1; attempt <= MAX_ATTEMPTS;) {
      const input = { address: this.parts.address, cutoffs: this.cutoffs, userId };
      const expired = await this.tasks.expired(input);
      sum.unsealed = expired.unsealed;
      if (expired.positions.length === 0) return addUser(this.report, sum);
      try {
        await this.parts.effects.expire(userId, {
          positions: expired.positions,
          expectedPosition: expired.lastPosition,
          reason: `retention: ${Object.keys(expired.rules).join(', ')}`,
        });
      } catch (error) {
        if (isGone(error)) return addUser(this.report, sum);
        if (!isOutdated(error)) throw error;
        attempt++;
        continue;
      }
      add(sum, expired);
      await this.begin(expired.positions.length);
    }
    addUser(this.report, sum);
    this.report.leftOut++;
  }

  /** Notes what was begun, and finishes it from time to time. */
  private async begin(events: number): Promise<void> {
    this.begunEvents += events;
    this.begunUsers++;
    if (this.begunEvents >= EVENTS_TOGETHER || this.begunUsers >= USERS_TOGETHER) await this.finish();
  }

  private async finish(): Promise<void> {
    if (this.begunUsers > 0) await this.parts.effects.finish();
    this.begunEvents = 0;
    this.begunUsers = 0;
  }
}

const NOTHING = { positions: [], rules: {}, events: 0, memories: 0, unsealed: 0, lastPosition: 0 };

/** The first time has counted all that is old: what follows is the rest of it. */
function add(sum: ExpiredOfUser, { events, memories, rules }: ExpiredOfUser): void {
  if (sum.events > 0) return;
  Object.assign(sum, { events, memories, rules });
}

function isGone(error: unknown): boolean {
  return error instanceof StoreError && (error.code === 'user.erased' || error instanceof NotFound);
}

function isOutdated(error: unknown): boolean {
  const codes = ['retraction.outdated', 'retraction.overtaken'];
  return error instanceof Refused && codes.includes(error.code);
}
