import type { Column } from '../../formats/column.js';
import type { EmotionFact } from '../../projections/facts.js';
import { hourOfDay, weekday } from '../calendar.js';
import type { GroupValue } from './bucket-table.js';
import type { ReportCalendar } from './report-calendar.js';

/** By what observations of emotions can be grouped. */
export const EMOTION_GROUPS = ['emotion', 'user', 'trigger', 'hourOfDay', 'weekday', 'session'] as const;

/** What a group is made of: an observation, of whom, with one of its triggers. */
interface Grouped {
  fact: EmotionFact;
  userId: string;
  trigger: string | null;
}

/** One column of a group. */
interface GroupColumn extends Column {
  valueOf(grouped: Grouped, calendar: ReportCalendar): GroupValue;
}

const EMOTION: GroupColumn = { ...text('emotion'), valueOf: ({ fact }) => fact.emotion };
const USER: GroupColumn = { ...text('userId'), valueOf: ({ userId }) => userId };
const TRIGGER: GroupColumn = { ...text('trigger'), valueOf: ({ trigger }) => trigger };
const HOUR: GroupColumn = {
  ...whole('hourOfDay'),
  valueOf: ({ fact }, calendar) => hourOfDay(calendar.localOf(fact)),
};
const WEEKDAY: GroupColumn = {
  ...whole('weekday'),
  valueOf: ({ fact }, calendar) => weekday(calendar.localOf(fact)),
};
const SESSION: GroupColumn = {
  ...text('sessionId'),
  nullable: true,
  valueOf: ({ fact }) => fact.sessionId,
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
