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
import { COMMAND_NAMES, DECIDERS } from './command-catalog.js';

/**
 * An input of every command that takes effect after `happened`; in the tests' present, Nepal is 345 minutes
 * ahead.
 */
const INPUTS: Record<string, object> = {
  ChangeProfile: { humorLevel: 1 },
  EndSession: { sessionId: 'session-1' },
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
  UseContext: { receiptId: receiptOf(USER), turnId: 'turn-1', memories: [] },
  ReviseMemory: { memoryId: 'memory-1', importance: 1 },
  UnlearnPreference: { learnedPosition: 5 },
};
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
  it.each([...COMMAND_NAMES])("is in the user's time zone, in every event: %s", (name) => {
    const offsets = offsetsOf(name);
    expect(offsets.length).toBeGreaterThan(0);
    expect(new Set(offsets)).toEqual(new Set([345]));
  });

  it.each(['FormMemory', 'ObserveEmotion', 'RecordTurn'])(
    'has the offset of its occurredAt, in every event: %s',
    (name) => {
      const offsets = offsetsOf(name, { occurredAt: '2025-03-01T12:00:00-09:30' });
      expect(new Set(offsets)).toEqual(new Set([-570]));
    },
  );
});
