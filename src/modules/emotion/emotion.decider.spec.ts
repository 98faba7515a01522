import { given } from '../../../test/support/given.js';
import { withUtcOffset, observed, patternImported, registered } from '../../../test/support/happened.js';
import { NOW, USER } from '../../../test/support/recorder.js';
import type { WriteState } from '../../writer/write-command.js';
import type { ObserveEmotionBody } from './commands/observe-emotion.command.js';
import { importEmotionPattern, observeEmotion } from './emotion.decider.js';

const DAY = 86_400_000;

const observe =
  (input: Partial<ObserveEmotionBody> = {}) =>
  (state: WriteState) =>
    observeEmotion(state, USER, { emotion: 'joy', intensity: 0.85, ...input });

const observation = (fields: object = {}) => ({
  streamId: 'emotion:user-1',
  type: 'emotion.observed' as const,
  data: {
    emotion: 'joy',
    intensity: 0.85,
    confidence: null,
    triggers: [],
    sessionId: null,
    turnId: null,
    ...fields,
  },
});

describe('observing an emotion', () => {
  it('registers an unknown user, and records null for what was left out', () => {
    given()
      .when(observe())
      .thenEvents({ streamId: 'profile:user-1', type: 'user.registered', data: {} }, observation())
      .thenAnswers(201, { position: 2, version: 1 });
  });

  it('returns the version of the emotion stream', () => {
    given(registered(), observed(), observed())
      .when(observe())
      .thenEvents(observation())
      .thenAnswers(201, { position: 4, version: 3 });
  });

  it('stores labels trimmed, in lower case and once each', () => {
    given(registered())
      .when(observe({ emotion: ' Joy\n', triggers: ['Harbour', ' harbour ', 'BOATS', 'boats'] }))
      .thenEvents(observation({ triggers: ['harbour', 'boats'] }));
  });

  it('stores the given confidence and session', () => {
    given(registered())
      .when(observe({ confidence: 0, sessionId: 'session-7' }))
      .thenEvents(observation({ confidence: 0, sessionId: 'session-7' }));
  });

  it('uses the time of the client and the offset of the user', () => {
    given(...withUtcOffset(-210))
      .when(observe({ occurredAt: '1969-12-31T20:30:00-03:30' }))
      .thenEvents({ ...observation(), occurredAt: 0, utcOffset: -210 });
  });

  it('is allowed up to one day ahead of the clock, and refused beyond', () => {
    given(registered())
      .when(observe({ occurredAt: new Date(NOW + DAY).toISOString() }))
      .thenEvents({ ...observation(), occurredAt: NOW + DAY });
    given(registered())
      .when(observe({ occurredAt: new Date(NOW + DAY + 1).toISOString() }))
      .thenFails('request.invalid', [
        { path: 'occurredAt', message: 'must not be more than a day in the future' },
      ]);
  });
});

describe('taking over an emotional pattern', () => {
  const input = { emotion: ' Joy', frequency: 4, meanIntensity: 0.8, lastAt: '2025-03-01T12:00:00+01:00' };
  const take =
    (fields: object = {}) =>
    (state: WriteState) =>
      importEmotionPattern(state, USER, { ...input, ...fields });
  const hours = Array.from({ length: 24 }, () => 0);
  const data = {
    emotion: 'joy',
    frequency: 4,
    meanIntensity: 0.8,
    triggers: [],
    hours,
    trend: 'stable' as const,
  };
  const when = { occurredAt: Date.parse(input.lastAt), utcOffset: 60 };
  const event = { streamId: 'emotion:user-1', type: 'emotion.pattern-imported' as const, data, ...when };

  it('registers an unknown user and records the sums, as of the last time it was felt', () => {
    given()
      .when(take())
      .thenEvents({ streamId: 'profile:user-1', type: 'user.registered', data: {}, ...when }, event)
      .thenAnswers(200, { emotion: 'joy', position: 2 });
  });

  it('writes nothing when the same is known already, whatever was observed since', () => {
    given(registered(), patternImported(data, when), observed())
      .when(take())
      .thenEvents()
      .thenAnswers(200, { emotion: 'joy', position: null });
  });

  it('records what is known better', () => {
    given(registered(), patternImported(data, when))
      .when(take({ frequency: 5, triggers: ['Exam', 'exam '] }))
      .thenEvents({ ...event, data: { ...data, frequency: 5, triggers: ['exam'] } });
  });
});
