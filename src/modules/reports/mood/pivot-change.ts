import type { Bound, ResolvedQuery } from '../query/report-query.js';
import { meanChange } from '../statistics/mean-change.js';
import { Moments } from '../statistics/moments.js';
import { pivotBound } from './mood-query.js';
import { MoodValues } from './mood-values.js';
import { sideOf, type Observation } from './observations.js';
import { VALENCE_SCALE } from './valence.js';

/** A user's change is rounded to this part of 1, so that the order of users changes nothing. */
const CHANGE_SCALE = 1e9;

/** Mood before and after a date, and how each user's own mean changed. */
export class PivotChange {
  private readonly sides = { before: new MoodValues(false), after: new MoodValues(false) };
  private readonly changes = new Moments(CHANGE_SCALE);

  /** Undefined for a query without a pivot. */
  static of(query: ResolvedQuery): PivotChange | undefined {
    const pivot = pivotBound(query);
    return pivot && new PivotChange(pivot);
  }

  private constructor(private readonly pivot: Bound) {}

  takeUser(observations: readonly Observation[]): void {
    const values = { before: [] as number[], after: [] as number[] };
    for (const observation of observations) {
      if (observation.value !== undefined) values[sideOf(observation, this.pivot)].push(observation.value);
    }
    for (const side of ['before', 'after'] as const) {
      if (values[side].length > 0) this.sides[side].addUser(values[side], undefined);
    }
    if (values.before.length === 0 || values.after.length === 0) return;
    const change = (meanOf(values.after) - meanOf(values.before)) / VALENCE_SCALE;
    this.changes.add(Math.round(change * CHANGE_SCALE));
  }

  /** `change` is over the users who were observed on both sides. */
  summary(): object {
    const { before, after } = this.sides;
    return { before: shown(before), after: shown(after), change: meanChange(this.changes) };
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function shown({ n, users, moments }: MoodValues): object {
  return { n, users, mean: moments.mean(), sd: moments.sd() };
}
