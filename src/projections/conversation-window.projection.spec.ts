import { folded } from '../../test/support/folded.js';
import { ended, observed, turnRecorded, started, windowImported } from '../../test/support/happened.js';
import { NOW, USER, type Happened } from '../../test/support/recorder.js';
import type { TurnEmotion } from '../events/conversation/turn-recorded.event.js';
import {
  activityDaysTable,
  conversationSummariesTable,
  conversationWindow,
  sessionsTable,
  windowTurnsTable,
  type ConversationSummaryRow,
  type SessionRow,
} from './conversation-window.projection.js';
import { conversationCount, meanSessionMinutes } from './conversation/conversation-figures.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const foldedRows = (...happened: Happened[]) => folded(conversationWindow, happened);
const session = (...happened: Happened[]) =>
  foldedRows(...happened).load(sessionsTable, [USER, 'session-1']) as SessionRow;
const summary = (...happened: Happened[]) =>
  foldedRows(...happened).load(conversationSummariesTable, [USER]) as ConversationSummaryRow;
/** Everything is recorded in the end: what happened counts at its own time. */
const minute = (minutes: number) => ({ occurredAt: NOW + minutes * MINUTE_MS, recordedAt: NOW + DAY_MS });

describe('a session', () => {
  it('starts without turns, topics or emotions', () => {
    expect(session(started('session-1'))).toEqual({
      userId: USER,
      sessionId: 'session-1',
      turnCount: 0,
      startedAt: NOW,
      lastActivityAt: NOW,
      ended: false,
      openedAt: NOW,
      sittingStart: NOW,
      lastRecordedAt: NOW,
      endedAt: null,
      slots: [],
      topics: [],
      emotions: [],
      position: 1,
    });
  });

  it('stores each turn in full, with or without an emotion', () => {
    const emotion: TurnEmotion = { label: 'joy', intensity: 0.8, confidence: null, triggers: ['harbour'] };
    const turns = foldedRows(
      started('session-1'),
      turnRecorded({ turnId: 'turn-1', emotion }, minute(1)),
      turnRecorded({ turnId: 'turn-2', userMessage: 'Bye.', assistantMessage: '' }, minute(2)),
    ).all(windowTurnsTable);
    const place = { userId: USER, sessionId: 'session-1' };
    expect(turns).toEqual([
      {
        ...place,
        slot: 0,
        turnId: 'turn-1',
        userMessage: 'The harbour was quiet this morning.',
        assistantMessage: 'That sounds peaceful.',
        emotion,
        occurredAt: NOW + MINUTE_MS,
        position: 2,
      },
      {
        ...place,
        slot: 1,
        turnId: 'turn-2',
        userMessage: 'Bye.',
        assistantMessage: '',
        emotion: null,
        occurredAt: NOW + 2 * MINUTE_MS,
        position: 3,
      },
    ]);
  });

  it('lasts from the first to the last occurredAt of its turns, even when turns arrive late', () => {
    const happened = [
      started('session-1'),
      turnRecorded({}, minute(3)),
      turnRecorded({}, minute(-5)),
      turnRecorded({}, minute(1)),
    ];
    expect(session(...happened)).toMatchObject({
      turnCount: 3,
      startedAt: NOW - 5 * MINUTE_MS,
      lastActivityAt: NOW + 3 * MINUTE_MS,
      position: 4,
    });
  });

  it('can be ended, resumed and ended again', () => {
    const once = [
      started('session-1', minute(0)),
      turnRecorded({}, minute(0)),
      ended('session-1', minute(9)),
    ];
    expect(session(...once)).toMatchObject({ ended: true, turnCount: 1, lastActivityAt: NOW, position: 3 });
    const again = [...once, started('session-1', minute(10))];
    expect(session(...again)).toMatchObject({ ended: false, turnCount: 1, startedAt: NOW, position: 4 });
    expect(session(...again, ended('session-1'))).toMatchObject({ ended: true, position: 5 });
  });

  it('is reopened by a turn after its end', () => {
    expect(session(started('session-1'), ended('session-1'), turnRecorded())).toMatchObject({ ended: false });
  });

  it('stays ended when a turn from before its end arrives late', () => {
    const at = (minutes: number) => ({
      occurredAt: NOW + minutes * MINUTE_MS,
      recordedAt: NOW + minutes * MINUTE_MS,
    });
    const once = [started('session-1', at(0)), turnRecorded({}, at(10)), ended('session-1', at(15))];
    const late = (minutes: number) =>
      turnRecorded({}, { occurredAt: NOW + minutes * MINUTE_MS, recordedAt: NOW + 60 * MINUTE_MS });
    for (const minutes of [-5, 5, 10, 14.9])
      expect(session(...once, late(minutes))).toMatchObject({ ended: true, turnCount: 2 });
    for (const minutes of [15, 16])
      expect(session(...once, late(minutes))).toMatchObject({ ended: false, turnCount: 2 });
    expect(summary(...once, late(14))).toMatchObject({
      sessions: 1,
      resumptions: 0,
      sessionMs: 14 * MINUTE_MS,
    });
    expect(summary(...once, late(16))).toMatchObject({
      sessions: 1,
      resumptions: 1,
      sessionMs: 10 * MINUTE_MS,
    });
  });

  it('of a past year ended as long after its last turn as the end was recorded after it', () => {
    const year = (minutes: number, recorded: number) => ({
      occurredAt: NOW - 365 * DAY_MS + minutes * MINUTE_MS,
      recordedAt: NOW + recorded,
    });
    const imported = [started('session-1', year(0, 0)), turnRecorded({}, year(10, 0))];
    const closed = [...imported, ended('session-1', { occurredAt: NOW + 5, recordedAt: NOW + 5 })];
    expect(session(...closed).endedAt).toBe(NOW - 365 * DAY_MS + 10 * MINUTE_MS + 5);
    expect(session(...closed, turnRecorded({}, year(5, 9)))).toMatchObject({ ended: true });
    expect(session(...closed, turnRecorded({}, year(11, 9)))).toMatchObject({ ended: false });
  });

  it('is not created by an end', () => {
    const rows = foldedRows(ended('session-1'));
    expect(rows.all(sessionsTable)).toEqual([]);
    expect(rows.all(conversationSummariesTable)).toEqual([]);
  });

  it('is not opened or counted by an emotion, only by its start or its first turn', () => {
    const happened = [observed({ sessionId: 'session-1' }, minute(1)), ended('session-1', minute(2))];
    expect(session(...happened)).toMatchObject({ openedAt: null, turnCount: 0, ended: false });
    expect(foldedRows(...happened).all(conversationSummariesTable)).toEqual([]);
    const opened = [...happened, turnRecorded({}, minute(5))];
    expect(session(...opened)).toMatchObject({
      openedAt: NOW + 5 * MINUTE_MS,
      startedAt: NOW + 5 * MINUTE_MS,
    });
    expect(summary(...opened)).toMatchObject({ sessions: 1, turns: 1, sessionMs: 0 });
  });

  it('was opened when its first recorded turn happened, whatever arrives late', () => {
    const happened = [turnRecorded({}, minute(5)), turnRecorded({}, minute(-60))];
    expect(session(...happened)).toMatchObject({
      openedAt: NOW + 5 * MINUTE_MS,
      startedAt: NOW - 60 * MINUTE_MS,
    });
  });
});

const topics = (...happened: Happened[]) => session(...happened).topics.map(([topic]) => topic);

const turnsWithTopics = (count: number) =>
  Array.from({ length: count }, (_, i) => turnRecorded({ topics: [`t${i + 1}`] }, minute(i + 1)));

describe('the topics of a session', () => {
  it('are the last fifteen, oldest first', () => {
    expect(topics(...turnsWithTopics(17))).toEqual(Array.from({ length: 15 }, (_, i) => `t${i + 3}`));
  });

  it('are the last fifteen of a turn that has more', () => {
    const given = Array.from({ length: 20 }, (_, i) => `t${i + 1}`);
    expect(topics(turnRecorded({ topics: given }))).toEqual(given.slice(-15));
  });

  it('are listed once each, at their last mention', () => {
    const happened = [
      turnRecorded({ topics: ['boats', 'chess'] }, minute(1)),
      turnRecorded({ topics: ['tea'] }, minute(2)),
      turnRecorded({ topics: ['boats'] }, minute(3)),
    ];
    expect(topics(...happened)).toEqual(['chess', 'tea', 'boats']);
  });

  it('count as one when only case, white space or Unicode form differ, and keep their first spelling', () => {
    const spelled = ['Caf\u00e9 Noir', 'caf\u00e9  noir', 'CAFE\u0301 NOIR ', 'cafe\u0301\u200b noir'];
    expect(topics(...spelled.map((topic, i) => turnRecorded({ topics: [topic] }, minute(i))))).toEqual([
      'Caf\u00e9 Noir',
    ]);
  });

  it('keep their place when an older mention arrives late', () => {
    const happened = [
      turnRecorded({ topics: ['boats'] }, minute(5)),
      turnRecorded({ topics: ['tea'] }, minute(6)),
      turnRecorded({ topics: ['boats', 'chess'] }, minute(1)),
    ];
    expect(topics(...happened)).toEqual(['chess', 'boats', 'tea']);
  });

  it('are not displaced by those of a turn that arrives late', () => {
    expect(topics(...turnsWithTopics(15), turnRecorded({ topics: ['late'] }, minute(0)))).toEqual(
      topics(...turnsWithTopics(15)),
    );
  });
});

const felt = (emotion: string, minutes: number) =>
  observed({ emotion, intensity: 0.5, sessionId: 'session-1' }, minute(minutes));

const trajectory = (...happened: Happened[]) =>
  session(started('session-1'), ...happened).emotions.map(([emotion]) => emotion);

describe('the emotions of a session', () => {
  it('are the last twenty by occurredAt', () => {
    const order = [7, 22, 1, 16, 4, 19, 13, 10, 2, 8, 21, 17, 5, 14, 11, 20, 3, 9, 18, 6, 15, 12];
    expect(trajectory(...order.map((time) => felt(`e${time}`, time)))).toEqual(
      Array.from({ length: 20 }, (_, i) => `e${i + 3}`),
    );
  });

  it('have the normal form of their label, also when an earlier release stored another', () => {
    expect(trajectory(felt('fro\u0308hlich', 1))).toEqual(['fr\u00f6hlich']);
    const emotion = { label: 'fro\u0308hlich', intensity: 1, confidence: null, triggers: ['Pru\u0308fung'] };
    const rows = foldedRows(turnRecorded({ emotion }));
    expect(rows.all(windowTurnsTable).map((turn) => turn.emotion)).toEqual([
      { ...emotion, label: 'fr\u00f6hlich', triggers: ['pr\u00fcfung'] },
    ]);
  });

  it('are stored with their intensity and time', () => {
    expect(session(started('session-1'), felt('joy', 4)).emotions).toEqual([
      ['joy', 0.5, NOW + 4 * MINUTE_MS],
    ]);
  });

  it('are in the order of recording when they have the same time', () => {
    expect(trajectory(felt('joy', 1), felt('fear', 1), felt('calm', 0))).toEqual(['calm', 'joy', 'fear']);
  });

  it('include those felt before its first turn', () => {
    const checkIn = observed({ emotion: 'fear', sessionId: 'session-1' }, minute(-2));
    const emotions = session(checkIn, started('session-1'), turnRecorded(), felt('joy', -1)).emotions;
    expect(emotions.map(([emotion]) => emotion)).toEqual(['fear', 'joy']);
  });

  it('leave out emotions of another session or of none', () => {
    expect(trajectory(observed({ sessionId: 'session-2' }), observed())).toEqual([]);
  });
});

describe('the summary of the conversations', () => {
  it('counts sessions and turns, and adds up the active time in the sessions', () => {
    const happened = [
      started('a', minute(0)),
      turnRecorded({ sessionId: 'a' }, minute(10)),
      started('b', minute(60)),
      turnRecorded({ sessionId: 'b' }, minute(64)),
      turnRecorded({ sessionId: 'a' }, minute(-2)),
    ];
    expect(summary(...happened)).toEqual({
      userId: USER,
      currentSessionId: 'b',
      sessions: 2,
      resumptions: 0,
      sittings: 2,
      turns: 3,
      sessionMs: 16 * MINUTE_MS,
      firstActivityAt: NOW - 2 * MINUTE_MS,
      lastActivityAt: NOW + 64 * MINUTE_MS,
    });
    expect(meanSessionMinutes(summary(...happened))).toBe(8);
  });

  it('counts a session that is used again after its end as another conversation', () => {
    const happened = [
      started('a'),
      turnRecorded({ sessionId: 'a' }),
      ended('a'),
      started('a'),
      turnRecorded({ sessionId: 'a' }),
    ];
    expect(summary(...happened)).toMatchObject({ sessions: 1, resumptions: 1, turns: 2 });
    expect(conversationCount(summary(...happened))).toBe(2);
  });

  it('counts a turn whose session was never started', () => {
    expect(summary(turnRecorded())).toMatchObject({ sessions: 1, turns: 1, sessionMs: 0 });
  });

  it('has the session of the latest activity as current, even when other turns arrive late', () => {
    const happened = [
      turnRecorded({ sessionId: 'a' }, minute(5)),
      turnRecorded({ sessionId: 'b' }, minute(4)),
    ];
    expect(summary(...happened).currentSessionId).toBe('a');
    expect(summary(...happened, turnRecorded({ sessionId: 'b' }, minute(5))).currentSessionId).toBe('b');
  });

  it('is not pinned by a client whose clock is ahead', () => {
    const ahead = { occurredAt: NOW + 9 * 60 * MINUTE_MS, recordedAt: NOW };
    const happened = [
      turnRecorded({ turnId: 'ahead', sessionId: 'session-1', topics: ['watch'] }, ahead),
      observed({ emotion: 'joy', sessionId: 'session-1' }, ahead),
      turnRecorded({ sessionId: 'session-1', topics: ['phone'] }, { recordedAt: NOW + 1 }),
      observed({ emotion: 'calm', sessionId: 'session-1' }, { recordedAt: NOW + 1 }),
      turnRecorded({ sessionId: 'b' }, { recordedAt: NOW + 2 }),
    ];
    expect(summary(...happened)).toMatchObject({ currentSessionId: 'b', lastActivityAt: NOW + 2 });
    expect(session(...happened)).toMatchObject({
      startedAt: NOW,
      lastActivityAt: NOW + 1,
      topics: [
        ['watch', NOW],
        ['phone', NOW + 1],
      ],
      emotions: [
        ['joy', 0.5, NOW],
        ['calm', 0.5, NOW + 1],
      ],
      slots: [
        [0, NOW],
        [1, NOW + 1],
      ],
    });
  });

  it('has a mean duration of 0 minutes without sessions', () => {
    expect(meanSessionMinutes({ sessionMs: 0, sittings: 0 })).toBe(0);
  });
});

const days = (...happened: Happened[]) =>
  foldedRows(...happened)
    .all(activityDaysTable)
    .map(({ day }) => day);

describe('the active days', () => {
  it("are the days of the user's calendar with a turn or an emotion, each once", () => {
    const happened = [
      turnRecorded({}, { occurredAt: 0 }),
      observed({}, { occurredAt: DAY_MS - 1 }),
      turnRecorded({}, { occurredAt: DAY_MS - 1, utcOffset: 1 }),
      observed({}, { occurredAt: 0, utcOffset: -480 }),
    ];
    expect(days(...happened)).toEqual([0, 1, -1]);
  });

  it('are not created by starting or ending a session', () => {
    expect(days(started('session-1'), ended('session-1'))).toEqual([]);
  });
});

describe('an imported window', () => {
  it('has its emotions without intensities, which a newer import replaces', () => {
    const imported = session(
      observed({ emotion: 'fear', sessionId: 'session-1' }, minute(1)),
      windowImported({ emotions: ['joy', 'anger'], topics: ['boats'] }, minute(2)),
      observed({ emotion: 'love', sessionId: 'session-1' }, minute(4)),
      windowImported({ emotions: ['joy', 'anger', 'joy'], topics: ['Boats', 'tea'] }, minute(3)),
    );
    const replaced = NOW + 3 * MINUTE_MS;
    expect(imported.emotions).toEqual([
      ['fear', 0.5, NOW + MINUTE_MS],
      ['joy', null, replaced],
      ['anger', null, replaced],
      ['joy', null, replaced],
      ['love', 0.5, NOW + 4 * MINUTE_MS],
    ]);
    expect(imported.topics.map(([topic]) => topic)).toEqual(['boats', 'tea']);
    expect(imported.openedAt).toBeNull();
  });

  it('says when its session began, which adds neither a turn nor a minute, nor moves the session in lists', () => {
    const startedAt = NOW - 90 * DAY_MS;
    const turns = [turnRecorded({}, minute(0)), turnRecorded({}, minute(10))];
    const began = [...turns, windowImported({ startedAt }, minute(10))];
    expect(session(...began)).toEqual({ ...session(...turns), startedAt });
    expect(summary(...began)).toEqual({ ...summary(...turns), firstActivityAt: startedAt });
    const later = [...turns, windowImported({ startedAt: NOW + MINUTE_MS }, minute(10))];
    expect(session(...later)).toEqual(session(...turns));
    expect(summary(...began, windowImported({}, minute(11)))).toEqual(summary(...began));
  });

  it('begins no session that has no turns', () => {
    expect(session(windowImported({ startedAt: NOW - DAY_MS }, minute(0)))).toMatchObject({
      openedAt: null,
      startedAt: NOW,
    });
  });
});
