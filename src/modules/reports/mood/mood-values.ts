import { Moments } from '../statistics/moments.js';
import { VALENCE_SCALE } from './valence.js';

/**
 * A user's distance from the own mean is rounded to this part of 1, so that the order of users changes
 * nothing.
 */
const DISTANCE_SCALE = 1e9;

/** What a user's values are compared with: the mean of all that the report counts of this user. */
export interface UserCenter {
  /** In units of 1 / VALENCE_SCALE. */
  sum: number;
  n: number;
}

/**
 * The values of one item: each observation counts; or, with a center for each user, each user counts once
 * with the distance of the mean here from the own mean.
 */
export class MoodValues {
  /** Observations, whatever counts. */
  n = 0;
  users = 0;
  readonly moments: Moments;

  constructor(isCentered: boolean) {
    this.moments = new Moments(isCentered ? DISTANCE_SCALE : VALENCE_SCALE);
  }

  /** Adds all values of one user that belong here; there is at least one. */
  addUser(values: readonly number[], center: UserCenter | undefined): void {
    this.n += values.length;
    this.users += 1;
    if (!center) {
      for (const value of values) this.moments.add(value);
      return;
    }
    const sum = values.reduce((total, value) => total + value, 0);
    const distance = (sum / values.length - center.sum / center.n) / VALENCE_SCALE;
    this.moments.add(Math.round(distance * DISTANCE_SCALE));
  }
}
