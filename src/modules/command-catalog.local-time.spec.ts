import { receiptOf } from '../../test/support/builders.js';
import { given } from '../../test/support/given.js';
import {
  formed,
  preferenceLearned,
  profileChanged,
  registered,
  turnRecorded,
} from '../../test/support/happened.js';
import { USER } from '../../test/support/recorder.js';
import type { NewEvent } from '../writer/write-command.js';
import { COMMAND_NAMES, loadDeciders } from './command-catalog.js';

const DECIDERS = await loadDeciders();

/** A retraction after `happened`. */
const PLANNED = {
  lastPosition: 5,
  events: [],
  changed: 0,
  unknown: {},
  lasting: [],
  memoryIds: [],
  refolded: { projections: [], rows: [] },
  changes: {},
  firstChanges: [],
  originals: [],
  takenBack: {},
  memoriesGone: [],
};
/** What is recorded again: its own local time stays, and is that of Nepal. */
const ORIGINAL = { eventId: 'event-4', position: 4, version: 1, occurredAt: 0, utcOffset: 345 };
const SAID = { turnId: 'turn-1', sessionId: 'session-1', userMessage: 'Hello.', assistantMessage: 'Hello!' };
const FELT = { intensity: 1, confidence: null, triggers: [] };

/**
 * An input of every command that takes effect after `happened`; in the tests' present, Nepal is 345 minutes
 * ahead.
 */
const INPUTS: Record<string, object> = {
  ChangeProfile: { humorLevel: 1 },
  CorrectObservation: {
    eventId: 'event-4',
    intensity: 0.5,
    planned: {
      ...PLANNED,
      events: [{ eventId: 'event-4', position: 4 }],
      changed: 1,
      originals: [
        {
          ...ORIGINAL,
          streamId: `emotion:${USER}`,
          type: 'emotion.observed',
          data: { emotion: 'joy', ...FELT, sessionId: null, turnId: null },
        },
      ],
    },
  },
  EditTurn: {
    turnId: 'turn-1',
    userMessage: 'Hello. I love jazz.',
    assistantMessage: 'Hello!',
    learn: true,
    emotion: { label: 'joy', intensity: 0.5 },
    planned: {
      ...PLANNED,
      events: [{ eventId: 'event-4', position: 4 }],
      changed: 1,
      originals: [
        {
          ...ORIGINAL,
          streamId: `conversation:${USER}/session-1`,
          type: 'turn.recorded',
          data: { ...SAID, topics: [], emotion: null },
        },
      ],
    },
  },
  EmbedMemory: { memoryId: 'memory-1', embedding: [1, 2, 3, 4, 5, 6, 7, 8], embeddingModel: 'model' },
  EndSession: { sessionId: 'session-1' },
  EraseUser: { confirm: USER, counted: { upTo: 5, events: 5, unsealed: null } },
  ForgetMemory: { memoryId: 'memory-1' },
  ForgetMemories: { memoryIds: ['memory-1'] },
  FormMemory: { memoryId: 'memory-2', type: 'fact', content: 'The boat is blue.' },
  ObserveEmotion: { emotion: 'joy', intensity: 0.5 },
  RecallMemories: { memoryIds: ['memory-1'] },
  RecordTurn: {
    turnId: 'turn-2',
    sessionId: 'session-2',
    userMessage: 'Hello. I love jazz.',
    learn: true,
    assistantMessage: 'Hello!',
    emotion: { label: 'joy', intensity: 0.5 },
  },
  RetractEvents: {
    eventIds: ['event-4'],
    planned: {
      ...PLANNED,
      events: [{ eventId: 'event-4', position: 4 }],
      changed: 1,
      memoryIds: ['memory-1'],
    },
  },
  ExpireEvents: {
    expectedPosition: 5,
    reason: 'retention: turns',
    planned: { ...PLANNED, events: [{ eventId: 'event-4', position: 4 }], changed: 1 },
  },
  RestoreEvents: {
    retractionId: 'event-4',
    planned: { ...PLANNED, undoes: { position: 4, isUndone: false, replacedBy: [], isErased: false } },
  },
  UseContext: { receiptId: receiptOf(USER), turnId: 'turn-1', memories: [] },
  ReviseMemory: { memoryId: 'memory-1', importance: 1 },
  UnlearnPreference: { learnedPosition: 5 },
};
/** Its user has no time zone yet. */
const OF_NOBODY = 'ReopenUser';
const inNepal = profileChanged({ timeZone: { from: null, to: 'Asia/Kathmandu' } });
const learned = preferenceLearned({ field: 'humorLevel', from: 50, to: 70 });
const happened = [registered(), inNepal, formed(), turnRecorded(), learned];

/** The offsets that a command records with its events. */
function offsetsOf(name: string, more: object = {}): (number | undefined)[] {
  let events: readonly NewEvent[] = [];
  given(...happened).when((state) => {
    const decision = DECIDERS.get(name)?.(state, USER, { ...INPUTS[name], ...more } as never);
    if (!decision) throw new Error(`no command ${name}`);
    ({ events } = decision);
    return decision;
  });
  return events.map(({ utcOffset }) => utcOffset);
}

describe('the local time of what a command records', () => {
  it.each(COMMAND_NAMES.filter((name) => name !== OF_NOBODY))(
    "is in the user's time zone, in every event: %s",
    (name) => {
      const offsets = offsetsOf(name);
      expect(offsets.length).toBeGreaterThan(0);
      expect(new Set(offsets)).toEqual(new Set([345]));
    },
  );

  it.each(['FormMemory', 'ObserveEmotion', 'RecordTurn'])(
    'has the offset of its occurredAt, in every event: %s',
    (name) => {
      const offsets = offsetsOf(name, { occurredAt: '2025-03-01T12:00:00-09:30' });
      expect(new Set(offsets)).toEqual(new Set([-570]));
    },
  );
});
