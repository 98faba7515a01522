import type { Column } from '../../../formats/column.js';
import type { ResolvedQuery } from '../query/report-query.js';
import { BUCKET_COLUMNS, type ReportDefinition } from '../report.js';
import { EMOTION_GROUPS, groupColumns } from '../sums/groups.js';
import { MOOD_FORMULAS } from './mood-formulas.js';
import { MOOD_MEASURES } from './mood-measures.js';
import { moodQuery, resolveMood } from './mood-query.js';
import { MoodRun } from './mood-run.js';
import { SessionRun } from './session-run.js';
import { VALENCE_MAPPINGS } from './valence.js';

const PIVOT: Column = { name: 'pivot', type: 'text', nullable: false };
const AVERAGE: Column = { name: 'movingAverage', type: 'real', nullable: true };
const REASONS: Column = { name: 'reasons', type: 'text', nullable: true };

/** How pleasant the observed emotions are: level, spread, course. */
export const moodReport: ReportDefinition = {
  name: 'mood',
  version: 1,
  description:
    'How pleasant the observed emotions are (valence x intensity, -1..1): level, spread and course, by time and ' +
    'group; or with groupBy=session how it changes from the start to the end of each session.',
  parameters: [
    'from',
    'to',
    'clock',
    'timeZone',
    'weekStart',
    'bucket',
    'groupBy',
    'measures',
    'users',
    'emotions',
    'triggers',
    'joinedFrom',
    'joinedTo',
    'fill',
    'window',
    'compare',
    'minCount',
    'top',
  ],
  ownParameters: {
    mapping: 'What each emotion is worth: russell-mehrabian-1977 or sign; see mappings.',
    valence: 'Other worths, such as surprise:0,calm:0.6: -1..1, at most two decimals, at most 100 emotions.',
    center: 'none, or user: values are distances from the mean of the same user.',
    pivot: 'A local date: each item is before it or, from that date on, after it.',
    pivotDays:
      'Days before the pivot, and from it on, that count unless from and to say it: 1..3660; 14 if absent.',
  },
  groups: EMOTION_GROUPS,
  measures: MOOD_MEASURES,
  formulas: MOOD_FORMULAS,
  mappings: VALENCE_MAPPINGS,
  facts: ['user.registered', 'emotion.observed'],
  resolve: resolveMood,
  columns: columnsOf,
  begin: (query, calendar) =>
    bySession(query) ? new SessionRun(query, calendar) : new MoodRun(query, calendar),
};

function columnsOf(query: ResolvedQuery): Column[] {
  const measures = MOOD_MEASURES.filter(({ name }) => query.measures.includes(name));
  const pivot = moodQuery(query).pivot === undefined ? [] : [PIVOT];
  if (!bySession(query)) {
    const average = query.window === undefined ? [] : [AVERAGE];
    return [...BUCKET_COLUMNS, ...pivot, ...groupColumns(query.groupBy), ...measures, ...average, REASONS];
  }
  return [
    { name: 'sessionId', type: 'text', nullable: false },
    { name: 'userId', type: 'text', nullable: false },
    ...pivot,
    { name: 'startedAt', type: 'timestamp', nullable: false },
    { name: 'n', type: 'integer', nullable: false },
    ...measures,
    { name: 'unmapped', type: 'integer', nullable: false },
    REASONS,
  ];
}

function bySession(query: ResolvedQuery): boolean {
  return query.groupBy.includes('session');
}
