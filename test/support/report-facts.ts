import { ReportCalendar } from '../../src/modules/reports/query/report-calendar.js';
import type { SentQuery } from '../../src/modules/reports/query/report-query.js';
import { resolveQuery } from '../../src/modules/reports/query/resolve-query.js';
import type { ReportDefinition, ReportResult } from '../../src/modules/reports/report.js';
import type { UserFacts } from '../../src/modules/reports/user-facts.js';
import type { EmotionFact, Fact, FactTimes, SessionFact } from '../../src/projections/facts.js';

let position = 0;

/** The times of the next fact, recorded when it occurred. */
function times(at: string | number, utcOffset: number): FactTimes {
  const occurredAt = typeof at === 'string' ? Date.parse(at) : at;
  return { position: (position += 1), recordedAt: occurredAt, occurredAt, utcOffset };
}

export function registered(at: string | number, utcOffset = 0): Fact {
  return { type: 'user.registered', ...times(at, utcOffset) };
}

export function turn(at: string | number, utcOffset = 0): SessionFact {
  return { type: 'turn.recorded', sessionId: 's', ...times(at, utcOffset) };
}

/** An observed emotion; what is not given is of no session, with no triggers, at UTC. */
export function felt(
  emotion: string,
  intensity: number,
  at: string | number,
  more: { sessionId?: string | null; triggers?: string[]; utcOffset?: number } = {},
): EmotionFact {
  const { sessionId = null, triggers = [], utcOffset = 0 } = more;
  const micros = Math.round(intensity * 1e6);
  return { type: 'emotion.observed', emotion, micros, sessionId, triggers, ...times(at, utcOffset) };
}

/** A user who registered with the first fact, if that is a registration. */
export function userOf(userId: string, ...facts: Fact[]): UserFacts {
  return {
    userId,
    registered: facts.find(({ type }) => type === 'user.registered'),
    facts,
    forEach: (take) => facts.forEach((fact) => take(fact)),
  };
}

/** What the report answers over these facts, as it was known at `now`. */
export function reportOn(
  definition: ReportDefinition,
  users: readonly UserFacts[],
  sent: SentQuery & Record<string, unknown>,
  now = '2027-01-01T00:00Z',
): ReportResult {
  const query = resolveQuery(definition, sent);
  const run = definition.begin(query, new ReportCalendar(query, Date.parse(now)));
  for (const user of users) run.takeUser(user);
  return run.result();
}
