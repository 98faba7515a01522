import { MAX_CHANGE_POINT_VALUES, MIN_CHANGE_POINT_VALUES } from '../statistics/change-points.js';
import { MIN_COSINOR_HOURS } from '../statistics/cosinor.js';
import { MIN_TRANSITIONS } from '../statistics/transitions.js';
import { MIN_TREND_POINTS } from '../statistics/trend.js';
import { WINDOW } from '../sums/moving-averages.js';
import { TOP } from '../sums/top-groups.js';

/** How the report on mood computes what is not a measure of an item. */
export const MOOD_FORMULAS: Readonly<Record<string, string>> = {
  x: 'V(emotion) x intensity, exact to 1e-8; V by mapping and valence. Emotions without V are counted as unmapped.',
  pairs:
    'Observations of one user that follow each other within a session, or, without a session, within a local ' +
    'day; of those of the same item only.',
  center:
    'center=user: each user counts once in an item, with the mean of the own x there minus the mean of all own x ' +
    'of the report, rounded to 1e-9; mean, sd, min, max and positiveShare are over users. Golder and Macy 2011, ' +
    '10.1126/science.1202775.',
  movingAverage: `With window: the mean, as in mean, over ${WINDOW}`,
  top: `${TOP} The summary is of all; only its groups are those.`,
  slopePerDay:
    'Least squares of the means of buckets against the days of their starts, each bucket with the same weight; ' +
    `low and high: slope -/+ t(.975, n - 2) sqrt(SSE / (n - 2) / Sxx), n buckets with a mean, at least ${MIN_TREND_POINTS}.`,
  changePoints:
    'Starts of the buckets with which another mean begins: the cuts with the least sum of squared distances from ' +
    'the segments’ means + beta for each, beta = 2 s^2 ln n, s = 1.4826 MAD(differences) / sqrt(2) (their root ' +
    `mean square where most are equal), segments of at least 2 buckets; n from ${MIN_CHANGE_POINT_VALUES} to ` +
    `${MAX_CHANGE_POINT_VALUES}. PELT: Killick, Fearnhead, Eckley 2012, 10.1080/01621459.2012.737745.`,
  rhythm:
    'With groupBy=hourOfDay: M + B cos(wt) + G sin(wt) fitted to the means by local hour, w = 2 pi / 24; mesor M, ' +
    'amplitude sqrt(B^2 + G^2), peakHour atan2(G, B) / w, f = ((SST - SSE) / 2) / (SSE / (n - 3)), p of F(2, n - 3); ' +
    `n hours, at least ${MIN_COSINOR_HOURS}. Cornelissen 2014, 10.1186/1742-4682-11-16.`,
  groups: 'The slope of each group, computed in the same way.',
  transitions:
    'With groupBy=emotion, within sessions: probability P(to | from) = n(from, to) / n(from); likelihood ' +
    "(P(to | from) - P(to)) / (1 - P(to)), D'Mello's L; an emotion that follows itself counts. At least " +
    `${MIN_TRANSITIONS} transitions: Bosch and Paquette 2021, 10.5281/zenodo.5048423.`,
  sessions:
    'With groupBy=session, summary: mean of the changes, low and high: mean -/+ t(.975, n - 1) sd / sqrt(n), ' +
    'dz = mean / sd, over the n sessions with a change.',
  pivot:
    "Summary: means before and after, and change: the mean of (after - before) of the users' own means, with the " +
    'interval of a paired t test, over the n users observed on both sides.',
};
