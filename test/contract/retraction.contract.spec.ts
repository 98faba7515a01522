import { NOW } from '../../src/events/log/retraction/retraction-marks.js';
import { retractedEventsTable, retractionsTable } from '../../src/events/log/retraction/retraction-tables.js';
import { RetractionPlan } from '../../src/operations/retraction/retraction-plan.js';
import { profilesTable } from '../../src/projections/current-profile.projection.js';
import { catchUp } from '../../src/projections/folding/catch-up.js';
import { memoriesTable } from '../../src/projections/memory-index.projection.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { openStoreReader } from '../../src/store/open-store-reader.js';
import type { NewEvent } from '../../src/writer/write-command.js';
import { allEvents, append, refusal } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { beginErasure } from '../support/erase.js';
import { liveFolds } from '../support/folds.js';
import { formed, registered, retracted, restored, turnRecorded } from '../support/happened.js';
import { noFolds } from '../support/no-folds.js';
import { catchUpParts, refoldedRows, storedRows } from '../support/refolded.js';
import { send, type SentCommand } from '../support/sent-commands.js';
import type { TestDatabase } from '../support/test-database.js';
import { exportText, importText } from '../support/transfer.js';
import { problemsIn, verified } from '../support/verified.js';

const MEMORY = { type: 'fact', content: 'She sails.', memoryId: 'm1' };
const by = { userId: 'ada' };

interface Answer {
  retractionId: string | null;
  position: number;
  retracted: string[];
  changes: Record<string, number>;
}

for (const database of DATABASES) {
  describe(`${database.name}: what is taken back`, () => {
    let db: TestDatabase;
    beforeEach(async () => {
      db = await database.open();
    });
    afterEach(() => db.close());

    /** Sends a command of ada; returns its status and answer. */
    async function sent(
      name: string,
      input: object,
      more: Partial<SentCommand> = {},
    ): Promise<{ status: number; body: Answer & { turnId: string; version: number } }> {
      const { status, body } = await send(db.writer(liveFolds()), { name, userId: 'ada', input, ...more });
      return { status, body: JSON.parse(body) as Answer & { turnId: string; version: number } };
    }
    const turn = (more: object = {}) =>
      sent('RecordTurn', {
        sessionId: 's1',
        userMessage: 'I love jazz.',
        assistantMessage: 'So do I.',
        emotion: { label: 'joy', intensity: 1 },
        learn: true,
        ...more,
      });

    it('takes its causes along, leaves the log as it is, and comes back with an undo', async () => {
      await sent('ChangeProfile', { name: 'Ada' });
      const { turnId } = (await turn()).body;
      await sent('FormMemory', { ...MEMORY, turnId });
      const said = await storedRows(db);
      const events = await allEvents(db.log);
      const { status, body } = await sent('RetractEvents', { turnIds: [turnId], reason: 'not meant' });
      expect(status).toBe(201);
      const ids = events.slice(3).map(({ eventId }) => eventId);
      expect(body.retracted).toEqual(ids);
      expect(Object.keys(body.changes)).toEqual(expect.arrayContaining(['memories', 'emotion_patterns']));
      const { eventId, data, streamId } = (await allEvents(db.log)).at(-1)!;
      expect(body).toMatchObject({ retractionId: eventId, position: events.length + 1 });
      expect({ streamId, data: JSON.parse(String(data)) as object }).toEqual({
        streamId: 'profile:ada',
        data: { eventIds: ids, positions: [4, 5, 6, 7], reason: 'not meant' },
      });
      const marked = (await allEvents(db.log, NOW)).filter(({ retraction }) => retraction);
      expect(marked.map(({ position, retraction }) => [position, retraction])).toEqual(
        [4, 5, 6, 7].map((position) => [position, { retractionId: eventId, position: events.length + 1 }]),
      );
      const { memories, emotion_patterns: patterns, learned_preferences: learned } = await storedRows(db);
      expect({ memories, patterns, learned }).toEqual({ memories: [], patterns: [], learned: [] });
      const [profile] = await db.rows(profilesTable);
      expect(profile?.interests).toEqual([]);
      expect(profile?.version).toBe(4);

      expect((await sent('RestoreEvents', { retractionId: eventId })).body).toMatchObject({ restored: ids });
      const { memories: again, emotion_patterns: felt } = await storedRows(db);
      expect({ again, felt }).toEqual({ again: said['memories'], felt: said['emotion_patterns'] });
      expect((await allEvents(db.log, NOW)).some(({ retraction }) => retraction)).toBe(false);
      const head = await db.log.head();
      expect((await sent('RestoreEvents', { retractionId: eventId })).body).toMatchObject({ restored: [] });
      expect(await db.log.head()).toEqual(head);
      expect(problemsIn(await verified(db))).toEqual([]);
    });

    it('stays away while any retraction of it stands', async () => {
      const { turnId } = (await turn()).body;
      const first = (await sent('RetractEvents', { turnIds: [turnId] })).body.retractionId;
      const all = (await sent('RetractEvents', { sessionId: 's1' })).body;
      expect(all.retracted.length).toBe(4);
      const nothing = await sent('RetractEvents', { turnIds: [turnId] });
      expect(nothing).toMatchObject({ status: 200, body: { retractionId: null, retracted: [] } });
      await sent('RestoreEvents', { retractionId: all.retractionId });
      expect((await storedRows(db))['conversation_turns'] ?? []).toEqual([]);
      expect(await storedRows(db)).toEqual(await refoldedRows(db.log));
      await sent('RestoreEvents', { retractionId: first });
      expect((await allEvents(db.log, NOW)).some(({ retraction }) => retraction)).toBe(false);
      expect(await storedRows(db)).toEqual(await refoldedRows(db.log));
    });

    it('leaves a memory unknown, and its id taken', async () => {
      await sent('FormMemory', MEMORY);
      await sent('RetractEvents', { memoryIds: ['m1'] });
      const refused = async (name: string, input: object) => (await refusal(sent(name, input))).code;
      expect(await refused('ReviseMemory', { memoryId: 'm1', content: 'x' })).toBe('memory.not-found');
      expect(await refused('ForgetMemory', { memoryId: 'm1' })).toBe('memory.not-found');
      expect(await refused('FormMemory', MEMORY)).toBe('memory.already-exists');
      expect(await refused('RetractEvents', { memoryIds: ['m9'] })).toBe('memory.not-found');
      expect(await refused('RetractEvents', { turnIds: ['t9'] })).toBe('turn.not-found');
      expect(await refused('RetractEvents', { eventIds: ['e9'] })).toBe('event.not-found');
      expect(await refused('RetractEvents', { sessionId: 's9' })).toBe('session.not-found');
      expect(await refused('RetractEvents', { eventIds: ['#0'] })).toBe('retraction.not-retractable');
      expect(await refused('RestoreEvents', { retractionId: 'r9' })).toBe('retraction.not-found');
    });

    it('raises the version of a memory that stays, so that no client overwrites it unseen', async () => {
      await sent('FormMemory', MEMORY);
      await sent('ReviseMemory', { memoryId: 'm1', content: 'She rows.' });
      await sent('RetractEvents', { eventIds: ['#2'] });
      const [memory] = await db.rows(memoriesTable);
      expect(memory).toMatchObject({ content: 'She sails.', version: 3 });
      const stale = { expected: 2 as const };
      const change = { memoryId: 'm1', content: 'She swims.' };
      expect((await refusal(sent('ReviseMemory', change, stale))).code).toBe('stream.version-conflict');
      expect((await sent('ReviseMemory', change, { expected: 3 })).body.version).toBe(4);
    });

    it('is bound to what a dry run has shown', async () => {
      const { turnId } = (await turn()).body;
      const { position: expectedPosition } = await db.log.head();
      await sent('FormMemory', { ...MEMORY, turnId });
      const asked = { turnIds: [turnId], expectedPosition };
      expect((await refusal(sent('RetractEvents', asked))).code).toBe('retraction.outdated');
      expect((await sent('RetractEvents', { ...asked, expectedPosition: 99 })).status).toBe(201);
    });

    it('is refused when the user has newer events than were taken into account, and continued', async () => {
      await sent('FormMemory', MEMORY);
      const reader = openStoreReader(db.address);
      try {
        const plan = await RetractionPlan.begin(reader, 'ada', { retract: { memoryIds: ['m1'] } });
        expect((await plan.advance(reader))?.events.length).toBe(1);
        await sent('RecallMemories', { memoryIds: ['m1'] });
        expect((await plan.advance(reader))?.events.length).toBe(2);
        await sent('RetractEvents', { memoryIds: ['m1'] });
        expect(await plan.advance(reader)).toBeUndefined();
      } finally {
        await reader.close();
      }
    });

    it('is left out by a projection that catches up with it, and by an import at other positions', async () => {
      const happened = [
        registered(by),
        turnRecorded({ turnId: 't1' }, by),
        formed({ memoryId: 'm1' }, by),
        retracted([2], by),
        formed({ memoryId: 'm2' }, by),
        retracted([3, 2], by),
      ];
      const events = happened.map(({ userId: _user, ...event }) => event) as NewEvent[];
      await db.writer(noFolds).write(append(events, by));
      await catchUp(catchUpParts(db), PROJECTIONS);
      const rows = await storedRows(db);
      expect((await db.rows(memoriesTable)).map(({ memoryId }) => memoryId)).toEqual(['m2']);
      expect(rows).toEqual(await refoldedRows(db.log));
      const undo = restored(4, by);
      await db.writer(liveFolds()).write(append([undo], by));
      expect(await db.rows(retractionsTable)).toMatchObject([
        { position: 4, restoredAt: 7 },
        { position: 6, restoredAt: null },
      ]);
      expect((await db.rows(retractedEventsTable)).map((row) => [row.position, row.retraction])).toEqual([
        [2, 4],
        [2, 6],
        [3, 6],
      ]);
    });

    it('is taken along by an export, and moved by an import behind other events', async () => {
      const { turnId } = (await turn()).body;
      await sent('RetractEvents', { turnIds: [turnId] });
      const text = await exportText(db);
      const other = await database.open();
      try {
        const joy = { emotion: 'joy', intensity: 1 };
        await send(other.writer(liveFolds()), { name: 'ObserveEmotion', userId: 'bob', input: joy });
        await importText(other, text, { append: true });
        expect(problemsIn(await verified(other))).toEqual([]);
        expect((await other.rows(retractedEventsTable)).map(({ position }) => position)).toEqual([5, 6, 7]);
        expect(await storedRows(other)).toEqual(await refoldedRows(other.log));
        expect((await other.rows(profilesTable)).find(({ userId }) => userId === 'ada')?.interests).toEqual(
          [],
        );
      } finally {
        await other.close();
      }
    });

    it('goes with the person, and what is recorded of it too', async () => {
      const { turnId } = (await turn()).body;
      await sent('RetractEvents', { turnIds: [turnId], reason: 'secret' });
      await beginErasure(db, db.writer(liveFolds()), 'ada');
      expect(await db.rows(retractionsTable)).toEqual([]);
      expect(await db.rows(retractedEventsTable)).toEqual([]);
      expect((await refusal(sent('RetractEvents', { sessionId: 's1' }))).code).toBe('user.erased');
    });

    it('is missed by a verification when what is recorded of it is not what its event says', async () => {
      const { turnId } = (await turn()).body;
      await sent('RetractEvents', { turnIds: [turnId] });
      await db.tamper('delete from retracted_events where position = 3');
      const { findings } = await verified(db);
      expect(findings).toMatchObject([{ check: 'retraction', position: 6 }]);
    });
  });
}
