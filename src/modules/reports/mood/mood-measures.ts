import type { Measure } from '../report.js';
import { MIN_INERTIA_PAIRS } from '../statistics/instability.js';

const integer = { type: 'integer', nullable: false } as const;
const real = { type: 'real', nullable: true } as const;
const ofSessions = { ...real, onRequest: true } as const;

/** What an item of the report on mood can have. */
export const MOOD_MEASURES: readonly Measure[] = [
  { name: 'n', ...integer, formula: 'Observations of emotions with a valence.' },
  { name: 'users', ...integer, formula: 'Users with such an observation.' },
  { name: 'mean', ...real, formula: 'sum(x) / n, x = V(emotion) x intensity; with center=user see center.' },
  { name: 'sd', ...real, formula: 'sqrt(sum((x - mean)^2) / (n - 1)); null for n < 2.' },
  { name: 'min', ...real, formula: 'The lowest x.' },
  { name: 'max', ...real, formula: 'The highest x.' },
  {
    name: 'pairs',
    ...integer,
    formula: 'Neighbours in time among the observations of an item; see pairs in formulas.',
  },
  {
    name: 'rmssd',
    ...real,
    formula:
      'sqrt(sum((x[i+1] - x[i])^2) / pairs), the root of the MSSD (not halved); null without a pair. ' +
      'Jahng, Wood, Trull 2008, 10.1037/a0014173.',
  },
  {
    name: 'inertia',
    ...real,
    formula:
      'Lag-1 autocorrelation around the mean m of each user: (sum((x[i] - m)(x[i-1] - m)) / pairs) / ' +
      '(sum((x[i] - m)^2) / sum over users(n - 1)); for one unbroken series sum((x[i] - m)(x[i-1] - m)) / ' +
      `sum((x[i] - m)^2). Null for fewer than ${MIN_INERTIA_PAIRS} pairs. Kuppens, Allen, Sheeber 2010, ` +
      '10.1177/0956797610372634.',
  },
  {
    name: 'pac',
    ...real,
    onRequest: true,
    formula:
      'Probability of acute change: the share of |x[i+1] - x[i]| of the item that are at least the 90th percentile ' +
      '(nearest rank) of those of all items, and not 0; null without a pair. Jahng, Wood, Trull 2008.',
  },
  { name: 'positiveShare', ...real, formula: 'The share of x > 0, in 0..1.' },
  {
    name: 'unmapped',
    ...integer,
    formula: 'Observations of emotions without a valence, which count nowhere else.',
  },
  {
    name: 'start',
    ...ofSessions,
    formula:
      'Mean of the first k x of a session, k = min(3, floor(n / 2)); null for n < 4. With groupBy=session.',
  },
  { name: 'end', ...ofSessions, formula: 'Mean of the last k x of a session. With groupBy=session.' },
  { name: 'change', ...ofSessions, formula: 'end - start. With groupBy=session.' },
];
