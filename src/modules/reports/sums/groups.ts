import type { Column } from '../../../formats/column.js';
import type { EmotionFact } from '../../../projections/facts.js';
import { hourOfDay, weekday } from '../../calendar.js';
import type { ReportCalendar } from '../query/report-calendar.js';
import type { GroupValue } from './bucket-table.js';

/** By what observations of emotions can be grouped. */
export const EMOTION_GROUPS = ['emotion', 'user', 'trigger', 'hourOfDay', 'weekday', 'session'] as const;

/** One column of a group. */
interface GroupColumn extends Column {
  /** Its value for an observation, of whom, with one of its triggers. */
  valueOf(fact: EmotionFact, calendar: ReportCalendar, userId: string, trigger: string | null): GroupValue;
}

const EMOTION: GroupColumn = { ...text('emotion'), valueOf: ({ emotion }) => emotion };
const USER: GroupColumn = { ...text('userId'), valueOf: (_fact, _calendar, userId) => userId };
const TRIGGER: GroupColumn = { ...text('trigger'), valueOf: (_fact, _calendar, _userId, trigger) => trigger };
const HOUR: GroupColumn = {
  ...whole('hourOfDay'),
  valueOf: (fact, calendar) => hourOfDay(calendar.localOf(fact)),
};
const WEEKDAY: GroupColumn = {
  ...whole('weekday'),
  valueOf: (fact, calendar) => weekday(calendar.localOf(fact)),
};
const SESSION: GroupColumn = {
  ...text('sessionId'),
  nullable: true,
  valueOf: ({ sessionId }) => sessionId,
};

/** The columns of each group; a session is one of its user. */
const COLUMNS: Record<string, readonly GroupColumn[]> = {
  emotion: [EMOTION],
  user: [USER],
  trigger: [TRIGGER],
  hourOfDay: [HOUR],
  weekday: [WEEKDAY],
  session: [USER, SESSION],
};

/** The columns by which a query groups, each once. */
export function groupColumns(groupBy: readonly string[]): GroupColumn[] {
  return [...new Set(groupBy.flatMap((name) => COLUMNS[name] ?? []))];
}

function text(name: string): Column {
  return { name, type: 'text', nullable: false };
}

function whole(name: string): Column {
  return { name, type: 'integer', nullable: false };
}
