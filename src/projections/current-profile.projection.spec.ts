import { folded } from '../../test/support/folded.js';
import { withUtcOffset, preferenceLearned, profileChanged, registered } from '../../test/support/happened.js';
import { NOW, USER, type Happened } from '../../test/support/recorder.js';
import { currentProfile, DEFAULT_PROFILE, profilesTable } from './current-profile.projection.js';

const profile = (...happened: Happened[]) => folded(currentProfile, happened).load(profilesTable, [USER]);
const later = { recordedAt: NOW + 5_000 };

describe('the profile of a user', () => {
  it('starts with the defaults at the time of registration', () => {
    expect(profile(registered())).toEqual({
      userId: USER,
      ...DEFAULT_PROFILE,
      createdAt: NOW,
      updatedAt: NOW,
      version: 1,
      position: 1,
    });
  });

  it('is dated by recordedAt, not by occurredAt', () => {
    expect(
      profile(registered({ occurredAt: 0 }), profileChanged({}, { ...later, occurredAt: 1 })),
    ).toMatchObject({
      createdAt: NOW,
      updatedAt: later.recordedAt,
    });
  });

  it('takes the changed fields and keeps the others', () => {
    const after = profile(
      registered(),
      profileChanged({ name: { from: null, to: 'Ada' }, humorLevel: { from: 50, to: 80 } }, later),
      profileChanged({ humorLevel: { from: 80, to: 0 } }, later),
    );
    expect(after).toEqual({
      userId: USER,
      ...DEFAULT_PROFILE,
      name: 'Ada',
      humorLevel: 0,
      createdAt: NOW,
      updatedAt: later.recordedAt,
      version: 3,
      position: 3,
    });
  });

  it('can change single fields of the voice', () => {
    const after = profile(
      registered(),
      profileChanged({ 'voice.speed': { from: 1, to: 1.5 }, 'voice.autoSpeak': { from: false, to: true } }),
      profileChanged({ 'voice.pitch': { from: 1, to: 0.5 } }),
    );
    expect(after).toMatchObject({ voice: { enabled: true, speed: 1.5, pitch: 0.5, autoSpeak: true } });
    expect(DEFAULT_PROFILE.voice).toEqual({ enabled: true, speed: 1, pitch: 1, autoSpeak: false });
  });

  it('replaces lists and communication patterns as a whole', () => {
    const after = profile(
      registered(),
      profileChanged({ interests: { from: [], to: ['sailing', 'chess'] } }),
      profileChanged({
        interests: { from: ['sailing', 'chess'], to: ['chess'] },
        communicationPatterns: { from: {}, to: { 'a.b': { c: 1 } } },
      }),
    );
    expect(after).toMatchObject({ interests: ['chess'], communicationPatterns: { 'a.b': { c: 1 } } });
  });

  it('can have its name removed', () => {
    const named = profileChanged({ name: { from: null, to: 'Ada' } });
    expect(profile(registered(), named, profileChanged({ name: { from: 'Ada', to: null } }))).toMatchObject({
      name: null,
    });
  });

  it('takes the value of a learned field', () => {
    const learned = preferenceLearned({ field: 'verbosityLevel', from: 60, to: 80 }, later);
    expect(profile(registered(), learned)).toMatchObject({
      verbosityLevel: 80,
      updatedAt: later.recordedAt,
      version: 2,
      position: 2,
    });
  });

  it('changes only version and position when a preference for no field is learned', () => {
    const learned = preferenceLearned({ value: 'jazz' });
    expect(profile(registered(), learned)).toEqual({
      ...(profile(registered()) as object),
      version: 2,
      position: 2,
    });
  });

  it('is created once, however often the user is registered', () => {
    const happened = [registered(), ...withUtcOffset(330), registered()];
    expect(profile(...happened)).toMatchObject({ utcOffset: 330, createdAt: NOW });
    expect(folded(currentProfile, happened).all(profilesTable)).toHaveLength(1);
  });

  it('is one row per user', () => {
    const other = { userId: 'user-2' };
    const store = folded(currentProfile, [
      registered(),
      registered(other),
      profileChanged({ name: { from: null, to: 'Grace' } }, other),
    ]);
    expect(store.load(profilesTable, [USER])).toMatchObject({ name: null, version: 1 });
    expect(store.load(profilesTable, ['user-2'])).toMatchObject({ name: 'Grace', version: 2 });
  });
});
