import { Instability, MIN_INERTIA_PAIRS } from '../statistics/instability.js';
import { MoodValues, type UserCenter } from './mood-values.js';
import { VALENCE_SCALE } from './valence.js';

/** The measures of an item, by name; null where there are too few values. */
export interface MoodMeasures {
  n: number;
  users: number;
  mean: number | null;
  sd: number | null;
  min: number | null;
  max: number | null;
  pairs: number;
  rmssd: number | null;
  inertia: number | null;
  positiveShare: number | null;
  unmapped: number;
}

/** The observations of one item. */
export class MoodCell {
  /** Observations of emotions without a valence. */
  unmapped = 0;
  readonly values: MoodValues;
  private readonly instability = new Instability(VALENCE_SCALE);

  constructor(private readonly isCentered: boolean) {
    this.values = new MoodValues(isCentered);
  }

  /** Adds one user's values: those of each session or day in time order. */
  addUser(series: readonly (readonly number[])[], center: UserCenter | undefined): void {
    this.values.addUser(series.flat(), center);
    this.instability.addUser(series);
  }

  measures(): MoodMeasures {
    const { moments, n, users } = this.values;
    return {
      n,
      users,
      mean: moments.mean(),
      sd: moments.sd(),
      min: moments.min(),
      max: moments.max(),
      pairs: this.instability.n,
      rmssd: this.instability.rmssd(),
      inertia: this.instability.inertia(),
      positiveShare: moments.positiveShare(),
      unmapped: this.unmapped,
    };
  }

  /** Why some of the measures are null; null if none is. */
  reasons(measures: readonly string[]): string | null {
    const { n, pairs } = this.measures();
    if (n === 0) return measures.some((name) => EMPTY.has(name)) ? 'no observation with a valence' : null;
    const reasons = [
      measures.includes('sd') &&
        this.values.moments.n < 2 &&
        `sd: fewer than 2 ${this.isCentered ? 'users' : 'observations'}`,
      ...['rmssd', 'pac'].map((name) => measures.includes(name) && pairs === 0 && `${name}: no pair`),
      measures.includes('inertia') && this.noInertia(pairs),
    ].filter((reason) => reason !== false);
    return reasons.length === 0 ? null : reasons.join('; ');
  }

  private noInertia(pairs: number): string | false {
    if (this.instability.inertia() !== null) return false;
    if (pairs < MIN_INERTIA_PAIRS) return `inertia: fewer than ${MIN_INERTIA_PAIRS} pairs`;
    return 'inertia: values do not differ';
  }
}

/** The measures that are null without an observation. */
const EMPTY = new Set(['mean', 'sd', 'min', 'max', 'rmssd', 'inertia', 'pac', 'positiveShare']);
