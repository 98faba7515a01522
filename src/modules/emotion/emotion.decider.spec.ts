import { given } from '../../../test/support/given.js';
import { livesIn, observed, registered } from '../../../test/support/happened.js';
import { NOW, USER } from '../../../test/support/recorder.js';
import type { WriteState } from '../../writer/write-command.js';
import type { ObserveEmotionBody } from './commands/observe-emotion.command.js';
import { observeEmotion } from './emotion.decider.js';

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
  it('registers a user nobody knows and says null where nothing is known', () => {
    given()
      .when(observe())
      .thenEvents({ streamId: 'profile:user-1', type: 'user.registered', data: {} }, observation())
      .thenAnswers(201, { position: 2, version: 1 });
  });

  it('answers the version of the stream of emotions', () => {
    given(registered(), observed(), observed())
      .when(observe())
      .thenEvents(observation())
      .thenAnswers(201, { position: 4, version: 3 });
  });

  it('keeps labels trimmed, in lower case and each once', () => {
    given(registered())
      .when(observe({ emotion: ' Joy\n', triggers: ['Harbour', ' harbour ', 'BOATS', 'boats'] }))
      .thenEvents(observation({ triggers: ['harbour', 'boats'] }));
  });

  it('keeps the confidence and the session that were said', () => {
    given(registered())
      .when(observe({ confidence: 0, sessionId: 'session-7' }))
      .thenEvents(observation({ confidence: 0, sessionId: 'session-7' }));
  });

  it('happened when the client says, in the offset of the user', () => {
    given(...livesIn(-210))
      .when(observe({ occurredAt: '1969-12-31T20:30:00-03:30' }))
      .thenEvents({ ...observation(), occurredAt: 0, utcOffset: -210 });
  });

  it('may have happened up to a day ahead of the clock, and is refused beyond', () => {
    given(registered())
      .when(observe({ occurredAt: new Date(NOW + DAY).toISOString() }))
      .thenEvents({ ...observation(), occurredAt: NOW + DAY });
    given(registered())
      .when(observe({ occurredAt: new Date(NOW + DAY + 1).toISOString() }))
      .thenFails('request.invalid', [
        { path: 'occurredAt', message: 'must not lie more than a day in the future' },
      ]);
  });
});
