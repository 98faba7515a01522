import {
  confirmed,
  contextUsed,
  ended,
  forgotten,
  formed,
  observed,
  preferenceLearned,
  preferenceUnlearned,
  recalled,
  recallsImported,
  registered,
  retracted,
  revised,
  started,
  turnRecorded,
} from '../../../test/support/happened.js';
import { Recorder, type Happened } from '../../../test/support/recorder.js';
import type { StoreEvent } from '../../events/event-catalog.js';
import { CausedEvents, type Selection } from './caused-events.js';

const at = (day: number) => ({ occurredAt: Date.UTC(2025, 0, day) });

/** By position: a conversation with two turns, what came of them, and what was said beside it. */
const STORY: Happened[] = [
  registered(),
  started('session-1'),
  turnRecorded({ turnId: 't1' }, at(1)),
  observed({ turnId: 't1', sessionId: 'session-1' }, at(1)),
  preferenceLearned({ turnId: 't1' }),
  formed({ memoryId: 'm1', turnId: 't1', sessionId: 'session-1' }, at(1)),
  formed({ memoryId: 'm2' }, at(2)),
  turnRecorded({ turnId: 't2' }, at(3)),
  confirmed('m2', 0.9),
  revised('m1', {}),
  recalled(['m1']),
  recalled(['m1', 'm2']),
  recallsImported('m1', 2),
  preferenceUnlearned(5),
  contextUsed({ turnId: 't1' }),
  observed({ emotion: 'rage' }, at(4)),
  ended('session-1'),
  retracted([1]),
];

function recorded(happened: readonly Happened[]): StoreEvent[] {
  const recorder = new Recorder();
  return happened.map((each) => recorder.record(each));
}

/** The positions of the events that are taken back. */
function taken(selection: Selection, events: readonly StoreEvent[] = recorded(STORY)): number[] {
  const caused = new CausedEvents(selection);
  return events.filter((event) => caused.takes(event)).map(({ position }) => position);
}

const idAt = (position: number): string => recorded(STORY)[position - 1]?.eventId ?? '';

describe('what is taken back', () => {
  it.each<[what: string, Selection, positions: number[]]>([
    [
      'a turn with its emotion, its lessons, its memories and what was done to them',
      { turnIds: ['t1'] },
      [3, 4, 5, 6, 10, 11, 13, 14, 15],
    ],
    ['a turn that caused nothing', { turnIds: ['t2'] }, [8]],
    ['a memory from its forming on, but no recall that names others', { memoryIds: ['m1'] }, [6, 10, 11, 13]],
    ['several memories, and recalls of them only', { memoryIds: ['m1', 'm2'] }, [6, 7, 9, 10, 11, 12, 13]],
    ['one event', { eventIds: [idAt(16)] }, [16]],
    ['the forming of a memory by its event, with all that followed', { eventIds: [idAt(7)] }, [7, 9]],
    ['a confirmation alone', { eventIds: [idAt(9)] }, [9]],
    [
      'a session with its start, its end and what its turns caused',
      { sessionId: 'session-1' },
      [2, 3, 4, 5, 6, 8, 10, 11, 13, 14, 15, 17],
    ],
    ['what was said in a session in a time', { sessionId: 'session-1', from: Date.UTC(2025, 0, 2) }, [8]],
    [
      'what was said in a time, up to its end',
      { from: Date.UTC(2025, 0, 2), to: Date.UTC(2025, 0, 4) },
      [7, 8, 9],
    ],
    ['nothing of what nobody takes back', { eventIds: [idAt(1), idAt(18)] }, []],
  ])('is %s', (_what, selection, positions) => {
    expect(taken(selection)).toEqual(positions);
  });

  it('follows the causes that events name, one after another', () => {
    const [first, second, third, ...rest] = recorded([observed(), observed(), observed(), observed()]);
    const chain = [
      first,
      { ...second, causationId: first?.eventId },
      { ...third, causationId: second?.eventId },
    ];
    const events = [...chain, ...rest] as StoreEvent[];
    expect(taken({ eventIds: [first?.eventId ?? ''] }, events)).toEqual([1, 2, 3]);
  });

  it('is not what has the id of a memory or a turn that was there before', () => {
    const events = recorded([
      turnRecorded({ turnId: 't1' }),
      formed({ memoryId: 'm1' }),
      forgotten('m1'),
      turnRecorded({ turnId: 't1' }),
      observed({ turnId: 't1' }),
      formed({ memoryId: 'm1' }),
      revised('m1', {}),
    ]);
    const [turn, memory] = events.map(({ eventId }) => eventId);
    expect(taken({ eventIds: [turn ?? '', memory ?? ''] }, events)).toEqual([1, 2, 3]);
    expect(taken({ turnIds: ['t1'], memoryIds: ['m1'] }, events)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('names what no event has, and what nobody takes back', () => {
    const caused = new CausedEvents({
      turnIds: ['t1', 't9'],
      memoryIds: ['m9'],
      eventIds: [idAt(1), 'none'],
      sessionId: 'session-9',
    });
    for (const event of recorded(STORY)) caused.takes(event);
    expect(caused.unknown()).toEqual({
      turnIds: ['t9'],
      memoryIds: ['m9'],
      eventIds: ['none'],
      sessionId: 'session-9',
    });
    expect(caused.lasting).toEqual([idAt(1)]);
  });
});
