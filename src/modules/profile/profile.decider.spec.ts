import { given } from '../../../test/support/given.js';
import {
  observed,
  preferenceLearned,
  profileChanged,
  registered,
  turnRecorded,
  started,
} from '../../../test/support/happened.js';
import { NOW, USER } from '../../../test/support/recorder.js';
import type { WriteState } from '../../writer/write-command.js';
import type { ChangeProfileBody } from './commands/change-profile.command.js';
import { changeProfile } from './profile.decider.js';

const MINUTE = 60_000;

const change = (input: ChangeProfileBody) => (state: WriteState) => changeProfile(state, USER, input);
const changed = (changes: Record<string, { from: unknown; to: unknown }>) => ({
  streamId: 'profile:user-1',
  type: 'profile.changed' as const,
  data: { changes },
});
const registration = { streamId: 'profile:user-1', type: 'user.registered', data: {} } as const;

/** The profile of a user without any known fields. */
const unknown = {
  userId: 'user-1',
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
  totalConversations: 0,
  totalMessages: 0,
  avgSessionMinutes: 0,
  createdAt: '2025-03-03T08:00:00.000Z',
  updatedAt: '2025-03-03T08:00:00.000Z',
};

describe('changing a profile', () => {
  it('registers an unknown user and changes the default profile', () => {
    given()
      .when(change({ name: 'Ada', humorLevel: 80 }))
      .thenEvents(
        registration,
        changed({ name: { from: null, to: 'Ada' }, humorLevel: { from: 50, to: 80 } }),
      )
      .thenAnswers(200, {
        profile: { ...unknown, name: 'Ada', humorLevel: 80, version: 2 },
        position: 2,
        version: 2,
      });
  });

  it('dates the registration and the change when the client says so, and records no such field', () => {
    const when = { occurredAt: Date.parse('2025-03-01T11:00:00Z'), utcOffset: 60 };
    given()
      .when(change({ humorLevel: 80, occurredAt: '2025-03-01T12:00:00+01:00' }))
      .thenEvents(
        { ...registration, ...when },
        { ...changed({ humorLevel: { from: 50, to: 80 } }), ...when },
      );
  });

  it('only registers an unknown user when nothing differs from the defaults', () => {
    given()
      .when(change({ humorLevel: 50, voice: {} }))
      .thenEvents(registration)
      .thenAnswers(200, { profile: { ...unknown, version: 1 }, position: 1, version: 1 });
  });

  it('records only the fields that change, with their former values', () => {
    given(registered(), profileChanged({ name: { from: null, to: 'Ada' } }))
      .when(change({ name: 'Grace', gender: 'not_set', formalityLevel: 0 }))
      .thenEvents(changed({ name: { from: 'Ada', to: 'Grace' }, formalityLevel: { from: 40, to: 0 } }));
  });

  it('prefixes the fields of the voice with `voice.`', () => {
    given(registered(), profileChanged({ 'voice.speed': { from: 1, to: 1.5 } }))
      .when(change({ voice: { enabled: false, speed: 2, pitch: 1, autoSpeak: true } }))
      .thenEvents(
        changed({
          'voice.enabled': { from: true, to: false },
          'voice.speed': { from: 1.5, to: 2 },
          'voice.autoSpeak': { from: false, to: true },
        }),
      )
      .thenAnswers(200, {
        profile: {
          ...unknown,
          voice: { enabled: false, speed: 2, pitch: 1, autoSpeak: true },
          version: 3,
        },
        position: 3,
        version: 3,
      });
  });

  it('compares with learned preferences as well as with former changes', () => {
    given(registered(), preferenceLearned({ field: 'verbosityLevel', from: 60, to: 80 }))
      .when(change({ verbosityLevel: 60 }))
      .thenEvents(changed({ verbosityLevel: { from: 80, to: 60 } }));
  });

  it('can remove the name and empty the lists', () => {
    given(
      registered(),
      profileChanged({ name: { from: null, to: 'Ada' }, interests: { from: [], to: ['sailing'] } }),
    )
      .when(change({ name: null, interests: [], dislikes: [] }))
      .thenEvents(changed({ name: { from: 'Ada', to: null }, interests: { from: ['sailing'], to: [] } }));
  });

  it('treats a new order of interests as a change, but not a new order of pattern fields', () => {
    given(
      registered(),
      profileChanged({
        interests: { from: [], to: ['sailing', 'chess'] },
        communicationPatterns: { from: {}, to: { a: 1, b: { c: [2] } } },
      }),
    )
      .when(change({ interests: ['chess', 'sailing'], communicationPatterns: { b: { c: [2] }, a: 1 } }))
      .thenEvents(changed({ interests: { from: ['sailing', 'chess'], to: ['chess', 'sailing'] } }));
  });

  it('trims interests and dislikes, and keeps each once as it is spelled first', () => {
    given(registered())
      .when(
        change({
          interests: ['tea', 'Tea', ' tea ', '   ', 'Deep  Sea', 'deep sea\u200b'],
          dislikes: ['Caf\u00e9', 'cafe\u0301'],
        }),
      )
      .thenEvents(
        changed({
          interests: { from: [], to: ['tea', 'Deep Sea'] },
          dislikes: { from: [], to: ['Caf\u00e9'] },
        }),
      );
  });

  it('merges communication patterns into the present ones, and null removes one', () => {
    const before = { greeting: 'hey', tone: { dry: true, length: 'short' } };
    const after = { tone: { length: 'short', warm: true }, humor: 'dry' };
    given(registered(), profileChanged({ communicationPatterns: { from: {}, to: before } }))
      .when(
        change({ communicationPatterns: { greeting: null, tone: { dry: null, warm: true }, humor: 'dry' } }),
      )
      .thenEvents(changed({ communicationPatterns: { from: before, to: after } }));
  });

  it('refuses communication patterns that are too large when merged', () => {
    const half = { a: 'x'.repeat(8_192) };
    given(registered(), profileChanged({ communicationPatterns: { from: {}, to: half } }))
      .when(change({ communicationPatterns: { b: 'x'.repeat(8_192) } }))
      .thenFails('request.invalid', [
        {
          path: 'communicationPatterns',
          message: 'must be at most 16384 bytes when merged with the present ones; null removes a field',
        },
      ]);
    given(registered(), profileChanged({ communicationPatterns: { from: {}, to: half } }))
      .when(change({ communicationPatterns: { a: 'x'.repeat(16_000) } }))
      .thenEvents(changed({ communicationPatterns: { from: half, to: { a: 'x'.repeat(16_000) } } }));
  });

  it('takes the gender back for null', () => {
    given(registered(), profileChanged({ gender: { from: 'not_set', to: 'female' } }))
      .when(change({ gender: null }))
      .thenEvents(changed({ gender: { from: 'female', to: 'not_set' } }));
  });

  it('returns the counters of the conversations', () => {
    given(
      registered(),
      started('a', { occurredAt: NOW }),
      turnRecorded({ sessionId: 'a' }, { occurredAt: NOW + 6 * MINUTE, recordedAt: NOW + 6 * MINUTE }),
      turnRecorded({ sessionId: 'b' }, { occurredAt: NOW }),
    )
      .when(change({ emojiUsage: false }))
      .thenAnswers(200, {
        profile: {
          ...unknown,
          emojiUsage: false,
          totalConversations: 2,
          totalMessages: 2,
          avgSessionMinutes: 3,
          version: 2,
        },
        position: 5,
        version: 2,
      });
  });
});

describe('a profile change without effect', () => {
  it.each<[string, ChangeProfileBody]>([
    ['is empty', {}],
    ['has an empty voice', { voice: {} }],
    ['removes patterns that are not there', { communicationPatterns: { a: null } }],
    [
      'repeats the present values',
      { name: 'Ada', interests: ['sailing'], voice: { speed: 1, enabled: true }, utcOffset: 0 },
    ],
  ])('writes nothing and returns the old position when it %s', (_, input) => {
    const sailor = { name: { from: null, to: 'Ada' }, interests: { from: [], to: ['sailing'] } };
    given(registered(), profileChanged(sailor), started('session-1'), turnRecorded(), observed())
      .when(change(input))
      .thenEvents()
      .thenAnswers(200, {
        profile: {
          ...unknown,
          name: 'Ada',
          interests: ['sailing'],
          totalConversations: 1,
          totalMessages: 1,
          version: 2,
        },
        position: 2,
        version: 2,
      });
  });
});

describe('the local time of a profile', () => {
  const berlin = profileChanged({
    timeZone: { from: null, to: 'Europe/Berlin' },
    utcOffset: { from: 0, to: 60 },
  });

  it('follows a time zone, in its canonical spelling; the offset becomes that of the zone now', () => {
    given(registered())
      .when(change({ timeZone: 'europe/berlin' }))
      .thenEvents(changed({ timeZone: { from: null, to: 'Europe/Berlin' }, utcOffset: { from: 0, to: 60 } }));
  });

  it('does not change when the same zone is sent again, at whatever offset it is now', () => {
    const summer = profileChanged({
      timeZone: { from: null, to: 'Europe/Berlin' },
      utcOffset: { from: 0, to: 120 },
    });
    given(registered(), summer)
      .when(change({ timeZone: 'Europe/Berlin' }))
      .thenEvents();
  });

  it('is at a fixed offset when only an offset is sent, also one equal to that of the zone', () => {
    given(registered(), berlin)
      .when(change({ utcOffset: 60 }))
      .thenEvents({ ...changed({ timeZone: { from: 'Europe/Berlin', to: null } }), utcOffset: 60 });
    given(registered(), berlin)
      .when(change({ utcOffset: -300 }))
      .thenEvents({
        ...changed({ timeZone: { from: 'Europe/Berlin', to: null }, utcOffset: { from: 60, to: -300 } }),
        utcOffset: 60,
      });
  });

  it('follows the zone when both are sent, and keeps the offset', () => {
    given(registered())
      .when(change({ timeZone: 'Asia/Kolkata', utcOffset: 345 }))
      .thenEvents(changed({ timeZone: { from: null, to: 'Asia/Kolkata' }, utcOffset: { from: 0, to: 345 } }));
  });

  it('falls back to the offset when the zone is removed', () => {
    given(registered(), berlin)
      .when(change({ timeZone: null }))
      .thenEvents({ ...changed({ timeZone: { from: 'Europe/Berlin', to: null } }), utcOffset: 60 });
  });
});
