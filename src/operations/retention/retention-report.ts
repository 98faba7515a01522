import type { EventRule } from './expired-events.js';
import type { ExpiredOfUser } from './expired-of-user.js';

/** Most users that a report names. */
export const MAX_LISTED_USERS = 100;

/** What of one user is old, in numbers. */
export type ExpiredCounts = Pick<ExpiredOfUser, 'userId' | 'events' | 'memories' | 'rules'>;

/** What a run has erased, or would erase: counts only. */
export interface RetentionReport {
  isDryRun: boolean;
  /** Events of persons who stay, by the rule that chose them. */
  rules: Partial<Record<EventRule, number>>;
  events: number;
  /** How many memories are among them. */
  memories: number;
  /** How many users lost events, or would. */
  users: number;
  /** How many users are erased whole. */
  erasedUsers: number;
  /** Events that are old, and stay because a release before seals has written them. */
  unsealed: number;
  /** Users who were written to so often that they are left to the next run. */
  leftOut: number;
  /** The first users, by id, */
  listed: ExpiredCounts[];
  /** and the first of those who are erased whole. */
  listedErased: string[];
  ms: number;
}

/** Returns a report of nothing. */
export function emptyReport(isDryRun: boolean): RetentionReport {
  return {
    isDryRun,
    rules: {},
    events: 0,
    memories: 0,
    users: 0,
    erasedUsers: 0,
    unsealed: 0,
    leftOut: 0,
    listed: [],
    listedErased: [],
    ms: 0,
  };
}

/** Adds what of one user is old. */
export function addUser(
  report: RetentionReport,
  { userId, events, memories, rules, unsealed }: ExpiredOfUser,
): void {
  report.unsealed += unsealed;
  if (events === 0) return;
  report.users++;
  report.events += events;
  report.memories += memories;
  for (const [rule, count] of Object.entries(rules) as [EventRule, number][])
    report.rules[rule] = (report.rules[rule] ?? 0) + count;
  if (report.listed.length < MAX_LISTED_USERS) report.listed.push({ userId, events, memories, rules });
}

/** Adds users who are erased whole. */
export function addErased(report: RetentionReport, userIds: readonly string[]): void {
  report.erasedUsers += userIds.length;
  report.listedErased.push(...userIds.slice(0, MAX_LISTED_USERS - report.listedErased.length));
}
