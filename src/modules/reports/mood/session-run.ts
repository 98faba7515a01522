import { InvalidInput } from '../../../errors.js';
import type { ReportCalendar } from '../query/report-calendar.js';
import type { Bound, ResolvedQuery } from '../query/report-query.js';
import { MAX_ITEMS, type Item, type ReportResult, type ReportRun } from '../report.js';
import {
  CHANGE_PARTS,
  meanChange,
  MIN_SESSION_OBSERVATIONS,
  sessionChange,
} from '../statistics/mean-change.js';
import { Moments } from '../statistics/moments.js';
import { compareGroups } from '../sums/bucket-table.js';
import type { UserFacts } from '../user-facts.js';
import { pivotBound } from './mood-query.js';
import { ObservationReader, sideOf, type Observation } from './observations.js';
import { PivotChange } from './pivot-change.js';
import { Unmapped } from './unmapped.js';
import { VALENCE_SCALE } from './valence.js';

/** How the mood changes from the start to the end of each session. */
export class SessionRun implements ReportRun {
  private readonly reader: ObservationReader;
  private readonly sessions: { at: number; ids: [userId: string, sessionId: string]; item: Item }[] = [];
  private readonly changes = new Moments(CHANGE_PARTS * VALENCE_SCALE);
  private readonly unmapped = new Unmapped();
  private readonly pivotAt: Bound | undefined;
  private readonly pivot: PivotChange | undefined;

  constructor(
    private readonly query: ResolvedQuery,
    calendar: ReportCalendar,
  ) {
    this.reader = new ObservationReader(query, calendar);
    this.pivotAt = pivotBound(query);
    this.pivot = PivotChange.of(query);
  }

  takeUser({ userId, facts }: UserFacts): void {
    const observations = this.reader.read(facts).filter(({ fact }) => fact.sessionId !== null);
    this.unmapped.take(observations);
    this.pivot?.takeUser(observations);
    const sessions = Map.groupBy(observations, ({ fact }) => fact.sessionId ?? '');
    for (const [sessionId, members] of sessions) this.takeSession(userId, sessionId, members);
  }

  result(): ReportResult {
    const sorted = this.sessions.toSorted((a, b) => a.at - b.at || compareGroups(a.ids, b.ids));
    const summary = {
      ...meanChange(this.changes),
      ...this.unmapped.summary(),
      ...(this.pivot && { pivot: this.pivot.summary() }),
    };
    return { items: sorted.map(({ item }) => item), summary };
  }

  private takeSession(userId: string, sessionId: string, observations: readonly Observation[]): void {
    const [first] = observations;
    const values = observations.flatMap(({ value }) => value ?? []);
    if (!first || values.length < (this.query.minCount ?? 0)) return;
    const change = sessionChange(values, VALENCE_SCALE);
    if (change) this.changes.add(change.parts);
    const item = {
      sessionId,
      userId,
      ...(this.pivotAt && { pivot: sideOf(first, this.pivotAt) }),
      startedAt: first.at,
      n: values.length,
      ...chosen(this.query.measures, change),
      unmapped: observations.length - values.length,
      reasons: change ? null : `fewer than ${MIN_SESSION_OBSERVATIONS} observations with a valence`,
    };
    if (this.sessions.push({ at: first.at, ids: [userId, sessionId], item }) > MAX_ITEMS) {
      throw InvalidInput.field(
        'from',
        `would make more than ${MAX_ITEMS} sessions; ask for a shorter range or fewer users`,
      );
    }
  }
}

function chosen(measures: readonly string[], change: ReturnType<typeof sessionChange>): Item {
  return Object.fromEntries(measures.map((name) => [name, change?.[name as keyof typeof change] ?? null]));
}
