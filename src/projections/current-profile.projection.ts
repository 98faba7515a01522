import type { Rows } from '../database/row-store.js';
import {
  boolean,
  defineTable,
  instant,
  integer,
  json,
  nullable,
  text,
  type RowIn,
} from '../database/table.js';
import type { FoldEvent } from '../events/event.js';
import { defineProjection, type Setting } from './projection.js';

/** How the companion speaks aloud. Speed 0.5..2, pitch 0..2. */
export interface Voice {
  enabled: boolean;
  speed: number;
  pitch: number;
  autoSpeak: boolean;
}

/**
 * One row per user. Levels are 0..100, times ms UTC; version and position are of the profile stream's last
 * event.
 */
export const profilesTable = defineTable(
  'profiles',
  {
    userId: text(),
    name: nullable(text()),
    gender: text(),
    empathyLevel: integer(),
    humorLevel: integer(),
    formalityLevel: integer(),
    verbosityLevel: integer(),
    proactivenessLevel: integer(),
    preferredTone: text(),
    responseStyle: text(),
    emojiUsage: boolean(),
    voice: json<Voice>(),
    interests: json<string[]>(),
    dislikes: json<string[]>(),
    communicationPatterns: json<Record<string, unknown>>(),
    /** IANA name; it decides over `utcOffset`. */
    timeZone: nullable(text()),
    /** Minutes east of UTC. */
    utcOffset: integer(),
    createdAt: instant(),
    updatedAt: instant(),
    version: integer(),
    position: integer(),
  },
  { key: ['userId'], hot: true },
);

/** What was learned from the user's messages, one row per `preference.learned`. Times ms UTC. */
export const learnedPreferencesTable = defineTable(
  'learned_preferences',
  {
    userId: text(),
    /** Position of the event. */
    position: integer(),
    rule: text(),
    field: nullable(text()),
    /** Values of the field, before and after. */
    before: nullable(json<unknown>()),
    after: nullable(json<unknown>()),
    /** The entry that a list got. */
    value: nullable(text()),
    turnId: text(),
    occurredAt: instant(),
    undone: boolean(),
  },
  { key: ['userId', 'position'] },
);

export type LearnedPreferenceRow = RowIn<typeof learnedPreferencesTable>;

export type ProfileRow = RowIn<typeof profilesTable>;

/** The profile before anything is known about the user; the defaults of the original EdgeSoul. */
export const DEFAULT_PROFILE = {
  name: null,
  gender: 'not_set',
  empathyLevel: 75,
  humorLevel: 50,
  formalityLevel: 40,
  verbosityLevel: 60,
  proactivenessLevel: 50,
  preferredTone: 'friendly',
  responseStyle: 'balanced',
  emojiUsage: true,
  voice: { enabled: true, speed: 1, pitch: 1, autoSpeak: false },
  interests: [],
  dislikes: [],
  communicationPatterns: {},
  timeZone: null,
  utcOffset: 0,
} satisfies Partial<ProfileRow>;

/** Who the user is, and how they want to be spoken to. */
export const currentProfile = defineProjection({
  name: 'current-profile',
  // 3: what was learned; 2: the time zone.
  version: 3,
  tables: [profilesTable, learnedPreferencesTable],
  settings: {
    empathyLevel: level(DEFAULT_PROFILE.empathyLevel),
    humorLevel: level(DEFAULT_PROFILE.humorLevel),
    formalityLevel: level(DEFAULT_PROFILE.formalityLevel),
    verbosityLevel: level(DEFAULT_PROFILE.verbosityLevel),
    proactivenessLevel: level(DEFAULT_PROFILE.proactivenessLevel),
  },
  folds: (levels) => ({
    'user.registered': (event, rows) => {
      rows.evolve(profilesTable, [event.userId], (row) => row ?? newProfile(event, levels));
    },
    'profile.changed': (event, rows) => {
      const values = Object.entries(event.data.changes).map(([field, change]) => [field, change.to] as const);
      changeProfile(event, rows, levels, values);
    },
    'preference.learned': (event, rows) => {
      const { rule, field, from, to, value, turnId } = event.data;
      changeProfile(event, rows, levels, field === undefined ? [] : [[field, to]]);
      rows.put(learnedPreferencesTable, {
        userId: event.userId,
        position: event.position,
        rule,
        field: field ?? null,
        before: from ?? null,
        after: to ?? null,
        value: typeof value === 'string' ? value : null,
        turnId,
        occurredAt: event.occurredAt,
        undone: false,
      });
    },
    'preference.unlearned': (event, rows) => {
      const { learnedPosition, field, to } = event.data;
      changeProfile(event, rows, levels, field === undefined ? [] : [[field, to]]);
      const learned = rows.get(learnedPreferencesTable, event.userId, learnedPosition);
      if (learned) rows.put(learnedPreferencesTable, { ...learned, undone: true });
    },
    // They are on the profile's stream, so that its version says that the person is known otherwise.
    'events.retracted': (event, rows) => changeProfile(event, rows, levels, []),
    'events.restored': (event, rows) => changeProfile(event, rows, levels, []),
  }),
});

/** The level of a profile in which it was never changed. */
function level(byDefault: number): Setting {
  return { default: byDefault, min: 0, max: 100, about: 'level of a user who never changed it' };
}

type Levels = Pick<
  ProfileRow,
  'empathyLevel' | 'humorLevel' | 'formalityLevel' | 'verbosityLevel' | 'proactivenessLevel'
>;

function newProfile(event: FoldEvent, levels: Levels): ProfileRow {
  return {
    userId: event.userId,
    ...DEFAULT_PROFILE,
    ...levels,
    createdAt: event.recordedAt,
    updatedAt: event.recordedAt,
    version: event.version,
    position: event.position,
  };
}

function changeProfile(
  event: FoldEvent,
  rows: Rows,
  levels: Levels,
  values: (readonly [string, unknown])[],
): void {
  rows.evolve(profilesTable, [event.userId], (row) => {
    const changed: Record<string, unknown> & ProfileRow = { ...(row ?? newProfile(event, levels)) };
    for (const [field, value] of values) {
      const [outer, inner] = field.split('.') as [string, string?];
      changed[outer] = inner === undefined ? value : { ...(changed[outer] as object), [inner]: value };
    }
    return { ...changed, updatedAt: event.recordedAt, version: event.version, position: event.position };
  });
}
