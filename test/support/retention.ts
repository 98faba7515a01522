import { ExpireEvents } from '../../src/modules/retraction/commands/expire-events.command.js';
import type { ExpiredOfUser } from '../../src/operations/retention/expired-of-user.js';
import {
  dryRun,
  findDueUsers,
  findExpired,
  recordRun,
} from '../../src/operations/retention/retention-in-thread.js';
import type { RetentionPolicy } from '../../src/operations/retention/retention-policy.js';
import type { RetentionReport } from '../../src/operations/retention/retention-report.js';
import {
  applyRetention,
  cutoffsOf,
  type RetentionEffects,
  type RetentionTasks,
} from '../../src/operations/retention/run-retention.js';
import type { EventWriter } from '../../src/writer/event-writer.js';
import { beginErasure, finish } from './erase.js';
import { sendPlanned } from './retract.js';
import type { TestDatabase } from './test-database.js';

/** The tasks of a run, in this thread. */
export const TASKS: RetentionTasks = {
  dueUsers: (input) => findDueUsers(input, () => undefined),
  expired: findExpired,
  ran: recordRun,
};

/** What a run does to a test's database. */
export function effectsOn(db: TestDatabase, writer: EventWriter): RetentionEffects {
  return {
    expire: async (userId, order) => {
      await sendPlanned(writer, new ExpireEvents(userId, order, { actor: 'retention' }));
    },
    eraseUser: async (userId) => {
      await beginErasure(db, writer, userId);
    },
    finish: async () => {
      await finish(db);
    },
    usersErased: async () => undefined,
  };
}

/** How a run of a test differs from that of a service. */
export interface Differing {
  tasks?: Partial<RetentionTasks>;
  effects?: Partial<RetentionEffects>;
}

/** Brings the database to the policy, as of a time in ms UTC. */
export function retain(
  db: TestDatabase,
  writer: EventWriter,
  { policy, now, tasks, effects }: { policy: RetentionPolicy; now: number } & Differing,
): Promise<RetentionReport> {
  return applyRetention(
    {
      address: db.address,
      reads: db.reads,
      policy,
      effects: { ...effectsOn(db, writer), ...effects },
      clock: () => now,
    },
    { ...TASKS, ...tasks },
  );
}

/** What a run would erase. */
export async function wouldRetain(
  db: TestDatabase,
  policy: RetentionPolicy,
  now: number,
): Promise<RetentionReport> {
  const { address, reads } = db;
  const cutoffs = await cutoffsOf({ address, reads, policy, clock: () => now });
  return dryRun({ address, cutoffs }, () => undefined);
}

/** What of a user is old. */
export async function expiredOf(
  db: TestDatabase,
  userId: string,
  { policy, now }: { policy: RetentionPolicy; now: number },
): Promise<ExpiredOfUser> {
  const { address, reads } = db;
  const cutoffs = await cutoffsOf({ address, reads, policy, clock: () => now });
  return findExpired({ address, cutoffs, userId });
}
