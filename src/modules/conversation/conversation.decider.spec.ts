import { given } from '../../../test/support/given.js';
import {
  ended,
  withUtcOffset,
  observed,
  registered,
  turnRecorded,
  started,
  type When,
} from '../../../test/support/happened.js';
import { NOW, USER, type Happened } from '../../../test/support/recorder.js';
import type { WriteState } from '../../writer/write-command.js';
import type { RecordTurnBody } from './commands/record-turn.command.js';
import { endSession, importWindow, recordTurn } from './conversation.decider.js';

const DAY = 86_400_000;
const session = 'conversation:user-1/session-1';
const words = { userMessage: 'Hello.', assistantMessage: 'Good morning!' };

const record =
  (input: Partial<RecordTurnBody> = {}) =>
  (state: WriteState) =>
    recordTurn(state, USER, { sessionId: 'session-1', ...words, turnId: 'turn-9', ...input });
const end =
  (sessionId = 'session-1') =>
  (state: WriteState) =>
    endSession(state, USER, { sessionId });

const startedEvent = {
  streamId: session,
  type: 'session.started',
  data: { sessionId: 'session-1' },
} as const;
const endedEvent = { streamId: session, type: 'session.ended', data: { sessionId: 'session-1' } } as const;
const turnEvent = (fields: object = {}) => ({
  streamId: session,
  type: 'turn.recorded' as const,
  data: { turnId: 'turn-9', sessionId: 'session-1', ...words, topics: [], emotion: null, ...fields },
});

const observation = (confidence: number | null) => ({
  streamId: 'emotion:user-1',
  type: 'emotion.observed' as const,
  data: {
    emotion: 'joy',
    intensity: 0.85,
    confidence,
    triggers: ['harbour', 'morning'],
    sessionId: 'session-1',
    turnId: 'turn-9',
  },
});

/** A known user in the middle of a session. */
const talking = (when: When = {}): Happened[] => [
  registered(when),
  started('session-1', when),
  turnRecorded({ turnId: 'turn-1' }, when),
];

describe('recording a turn', () => {
  it('registers an unknown user and starts the session', () => {
    given()
      .when(record())
      .thenEvents(
        { streamId: 'profile:user-1', type: 'user.registered', data: {} },
        startedEvent,
        turnEvent(),
      )
      .thenAnswers(201, {
        turnId: 'turn-9',
        sessionId: 'session-1',
        position: 3,
        events: [
          { position: 1, type: 'user.registered', streamId: 'profile:user-1', version: 1 },
          { position: 2, type: 'session.started', streamId: session, version: 1 },
          { position: 3, type: 'turn.recorded', streamId: session, version: 2 },
        ],
      });
  });

  it('continues a started session', () => {
    given(...talking())
      .when(record())
      .thenEvents(turnEvent())
      .thenAnswers(201, {
        turnId: 'turn-9',
        sessionId: 'session-1',
        position: 4,
        events: [{ position: 4, type: 'turn.recorded', streamId: session, version: 3 }],
      });
  });

  it('starts a session even if another user has one with the same id', () => {
    given(registered(), ...talking({ userId: 'user-2' }))
      .when(record())
      .thenEvents(startedEvent, turnEvent());
  });

  it('restarts an ended session', () => {
    given(...talking(), ended('session-1'))
      .when(record())
      .thenEvents(startedEvent, turnEvent());
  });

  it('does not restart an ended session for a late turn', () => {
    const occurredAt = NOW - 30 * DAY;
    given(...talking(), ended('session-1'))
      .when(record({ occurredAt: new Date(occurredAt).toISOString() }))
      .thenEvents({ ...turnEvent(), occurredAt });
  });

  it('starts a session of which only an emotion is known', () => {
    given(registered(), observed({ sessionId: 'session-1' }))
      .when(record())
      .thenEvents(startedEvent, turnEvent());
  });

  it('may have one empty message, but not two', () => {
    const [greeting, unanswered] = [{ userMessage: '' }, { assistantMessage: '' }];
    given(...talking())
      .when(record(greeting))
      .thenEvents(turnEvent(greeting));
    given(...talking())
      .when(record(unanswered))
      .thenEvents(turnEvent(unanswered));
    given(...talking())
      .when(record({ ...greeting, assistantMessage: '\n' }))
      .thenEvents(turnEvent({ ...greeting, assistantMessage: '\n' }));
    given(...talking())
      .when(record({ ...greeting, ...unanswered }))
      .thenFails('request.invalid', [
        { path: 'userMessage', message: 'must not be empty when assistantMessage is empty' },
      ]);
  });

  it('stores topics trimmed and once each, as they are spelled first', () => {
    given(...talking())
      .when(record({ topics: [' sailing', 'Boats', 'sailing ', 'boats', '  '] }))
      .thenEvents(turnEvent({ topics: ['sailing', 'Boats'] }));
  });

  it('uses the time of the client, and its offset or that of the user, also to register the user', () => {
    const occurredAt = Date.UTC(2025, 0, 1, 12);
    given()
      .when(record({ occurredAt: '2025-01-01T04:00:00-08:00' }))
      .thenEvents(
        { streamId: 'profile:user-1', type: 'user.registered', data: {}, occurredAt, utcOffset: -480 },
        { ...startedEvent, occurredAt, utcOffset: -480 },
        { ...turnEvent(), occurredAt, utcOffset: -480 },
      );
    given(...withUtcOffset(-480))
      .when(record({ occurredAt: '2025-01-01T12:00:00Z' }))
      .thenEvents(
        { ...startedEvent, occurredAt, utcOffset: -480 },
        { ...turnEvent(), occurredAt, utcOffset: -480 },
      );
  });

  it('is allowed up to one day ahead of the clock, and refused beyond', () => {
    const occurredAt = NOW + DAY;
    given(...talking())
      .when(record({ occurredAt: new Date(occurredAt).toISOString() }))
      .thenEvents({ ...turnEvent(), occurredAt });
    given(...talking())
      .when(record({ occurredAt: new Date(occurredAt + 1).toISOString() }))
      .thenFails('request.invalid', [
        { path: 'occurredAt', message: 'must not be more than a day in the future' },
      ]);
  });
});

describe('the emotion of a turn', () => {
  const felt = { label: ' Joy', intensity: 0.85, triggers: ['Harbour ', 'harbour', 'MORNING', ' '] };
  const emotion = { label: 'joy', intensity: 0.85, confidence: null, triggers: ['harbour', 'morning'] };
  it('is also recorded as an event of its own, caused by the turn, with trimmed lower-case labels', () => {
    given(...talking())
      .when(record({ emotion: felt }))
      .thenEvents(turnEvent({ emotion }), { ...observation(null), causedBy: 0 })
      .thenAnswers(201, {
        turnId: 'turn-9',
        sessionId: 'session-1',
        position: 5,
        events: [
          { position: 4, type: 'turn.recorded', streamId: session, version: 3 },
          { position: 5, type: 'emotion.observed', streamId: 'emotion:user-1', version: 1 },
        ],
      });
  });

  it('has the turn as its cause, whichever events precede the turn', () => {
    given(registered())
      .when(record({ emotion: felt }))
      .thenEvents(startedEvent, turnEvent({ emotion }), { ...observation(null), causedBy: 1 });
    given()
      .when(record({ emotion: felt }))
      .thenEvents(
        { streamId: 'profile:user-1', type: 'user.registered', data: {} },
        startedEvent,
        turnEvent({ emotion }),
        { ...observation(null), causedBy: 2 },
      );
  });

  it('is stored with its confidence, and with the time and offset of the turn', () => {
    const when = { occurredAt: NOW - DAY, utcOffset: 345 };
    given(...withUtcOffset(345), started('session-1'))
      .when(
        record({ emotion: { ...felt, confidence: 0 }, occurredAt: new Date(when.occurredAt).toISOString() }),
      )
      .thenEvents(
        { ...turnEvent({ emotion: { ...emotion, confidence: 0 } }), ...when },
        { ...observation(0), ...when, causedBy: 0 },
      );
  });

  it('needs no triggers, and may be null', () => {
    given(...talking())
      .when(record({ emotion: { label: 'joy', intensity: 0 } }))
      .thenEvents(turnEvent({ emotion: { label: 'joy', intensity: 0, confidence: null, triggers: [] } }), {
        streamId: 'emotion:user-1',
        type: 'emotion.observed',
        data: {
          emotion: 'joy',
          intensity: 0,
          confidence: null,
          triggers: [],
          sessionId: 'session-1',
          turnId: 'turn-9',
        },
        causedBy: 0,
      });
    given(...talking())
      .when(record({ emotion: null }))
      .thenEvents(turnEvent());
  });
});

describe('ending a session', () => {
  it('is recorded with the offset of the user', () => {
    given(...talking())
      .when(end())
      .thenEvents(endedEvent)
      .thenAnswers(200, { sessionId: 'session-1', position: 4 });
    given(...withUtcOffset(330), started('session-1'))
      .when(end())
      .thenEvents({ ...endedEvent, utcOffset: 330 });
  });

  it('writes nothing the second time, and returns the position of the end', () => {
    given(...talking(), ended('session-1'), observed({ sessionId: 'session-1' }))
      .when(end())
      .thenEvents()
      .thenAnswers(200, { sessionId: 'session-1', position: 4 });
  });

  it('ends a restarted session again', () => {
    given(...talking(), ended('session-1'), started('session-1'), turnRecorded())
      .when(end())
      .thenEvents(endedEvent)
      .thenAnswers(200, { sessionId: 'session-1', position: 7 });
  });

  it('is refused for a session without turns, of which only an emotion is known', () => {
    given(registered(), observed({ sessionId: 'session-1' }))
      .when(end())
      .thenFails('session.not-found');
  });

  it('is refused for an unknown session, also of an unknown user', () => {
    given(...talking())
      .when(end('session-2'))
      .thenFails('session.not-found');
    given().when(end()).thenFails('session.not-found');
  });

  it('is refused for a session of another user', () => {
    given(registered(), ...talking({ userId: 'user-2' }))
      .when(end())
      .thenFails('session.not-found');
  });
});

describe('taking over a window', () => {
  it('records topics and emotions as of the last activity, and opens no session', () => {
    const input = {
      sessionId: 'session-1',
      lastActivityAt: '2025-03-01T12:00:00Z',
      topics: ['Boats', ' boats', 'tea'],
      emotions: ['Joy', 'joy'],
    };
    given(registered())
      .when((state) => importWindow(state, USER, input))
      .thenEvents({
        streamId: session,
        type: 'conversation.window-imported',
        data: { sessionId: 'session-1', topics: ['Boats', 'tea'], emotions: ['joy', 'joy'] },
        occurredAt: Date.parse(input.lastActivityAt),
      })
      .thenAnswers(200, { sessionId: 'session-1', position: 2 });
  });

  it('records when the session began, and refuses that it began after its end', () => {
    const input = { sessionId: 'session-1', lastActivityAt: '2025-03-01T12:00:00Z' };
    const began = '2025-03-01T12:30:00+01:00';
    given(registered())
      .when((state) => importWindow(state, USER, { ...input, startedAt: began }))
      .thenEvents({
        streamId: session,
        type: 'conversation.window-imported',
        data: { sessionId: 'session-1', topics: [], emotions: [], startedAt: Date.parse(began) },
        occurredAt: Date.parse(input.lastActivityAt),
      });
    given(registered())
      .when((state) => importWindow(state, USER, { ...input, startedAt: '2025-03-01T12:00:00.001Z' }))
      .thenFails('request.invalid');
  });
});
