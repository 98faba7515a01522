/**
 * @typedef {object} Field
 * @property {string} name parameter of the report and of the address
 * @property {string} label
 * @property {[string, string][]} [options] the first is the default and is not sent
 * @property {string} [placeholder]
 * @property {boolean} [isDate]
 */

/** @type {Field} */
const WEEK = {
  name: 'weekStart',
  label: 'Week starts',
  options: [
    ['', 'Monday'],
    ['sunday', 'Sunday'],
    ['saturday', 'Saturday'],
  ],
};
/** @type {Field} */
const CLOCK = {
  name: 'clock',
  label: 'Time',
  options: [
    ['', 'when it occurred'],
    ['recorded', 'when it was recorded'],
  ],
};
/** @type {Field} */
const COMPARE = {
  name: 'compare',
  label: 'Compare with',
  options: [
    ['', 'nothing'],
    ['previous', 'the range before'],
    ['year', 'a year earlier'],
  ],
};
/** @type {Field} */
const WINDOW = {
  name: 'window',
  label: 'Moving average',
  options: [
    ['', 'none'],
    ['3', '3 buckets'],
    ['7', '7 buckets'],
    ['28', '28 buckets'],
  ],
};
/** @type {Field} */
const JOINED_FROM = { name: 'joinedFrom', label: 'Joined from', isDate: true };
/** @type {Field} */
const JOINED_TO = { name: 'joinedTo', label: 'Joined before', isDate: true };

/**
 * @param {[string, string][]} groups
 * @returns {Field}
 */
const groupBy = (groups) => ({ name: 'groupBy', label: 'Group by', options: [['', 'nothing'], ...groups] });
/** @type {[string, string][]} */
const PERIODS = [
  ['', 'day'],
  ['week', 'week'],
  ['month', 'month'],
];

/** The parameters of each report that the bar does not have. */
export const FIELDS = /** @type {Record<string, Field[]>} */ ({
  mood: [
    groupBy([
      ['hourOfDay', 'hour of the day'],
      ['weekday', 'weekday'],
      ['user', 'user'],
      ['session', 'session'],
    ]),
    {
      name: 'mapping',
      label: 'Valence by',
      options: [
        ['', 'Russell and Mehrabian 1977'],
        ['sign', 'sign only'],
      ],
    },
    {
      name: 'center',
      label: 'As',
      options: [
        ['', 'valence'],
        ['user', "distance from each user's mean"],
      ],
    },
    { name: 'pivot', label: 'Before and after', isDate: true },
    WEEK,
    CLOCK,
    JOINED_FROM,
    JOINED_TO,
  ],
  cohorts: [
    {
      name: 'measure',
      label: 'Measure',
      options: [
        ['', 'retention'],
        ['mood', 'mood'],
        ['turns', 'turns'],
      ],
    },
    {
      name: 'method',
      label: 'Method',
      options: [
        ['', 'classic'],
        ['rolling', 'rolling'],
        ['cumulative', 'cumulative'],
      ],
    },
    { name: 'cohortBy', label: 'Cohorts by', options: PERIODS },
    { name: 'period', label: 'Periods of a', options: PERIODS },
    { name: 'periods', label: 'Periods', placeholder: '12' },
    { name: 'minReturns', label: 'Active from', placeholder: '1 turn' },
    WEEK,
    JOINED_FROM,
    JOINED_TO,
  ],
  usage: [COMPARE, WINDOW, WEEK, CLOCK, JOINED_FROM, JOINED_TO],
  emotions: [
    groupBy([
      ['emotion', 'emotion'],
      ['user', 'user'],
      ['trigger', 'trigger'],
      ['hourOfDay', 'hour of the day'],
      ['weekday', 'weekday'],
      ['session', 'session'],
    ]),
    { name: 'emotions', label: 'Only emotions', placeholder: 'joy,love' },
    { name: 'triggers', label: 'Only triggers', placeholder: 'exam' },
    COMPARE,
    WINDOW,
    WEEK,
    CLOCK,
  ],
  memories: [
    groupBy([
      ['type', 'type'],
      ['user', 'user'],
    ]),
    COMPARE,
    WEEK,
    CLOCK,
    JOINED_FROM,
    JOINED_TO,
  ],
});

/**
 * The parameters of a report in the address.
 * @param {string} report
 * @param {Record<string, string>} params
 */
export function ownParams(report, params) {
  const names = (FIELDS[report] ?? []).map(({ name }) => name);
  return Object.fromEntries(names.flatMap((name) => (params[name] ? [[name, params[name]]] : [])));
}
