import type { Backups } from '../../operations/backup/backups.js';
import { Jobs } from '../../operations/jobs.js';
import type { Rebuilds } from '../../operations/rebuild/rebuilds.js';
import type { Retention } from '../../operations/retention/retention.js';
import type { Verifications } from '../../operations/verify/verifications.js';
import { JobsController } from './jobs.controller.js';

/** Work that ends only when it is cancelled. */
function endless({ signal }: { signal: AbortSignal }): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
}

describe('the jobs of a process', () => {
  const backups = new Jobs<unknown>('backup');
  const drills = new Jobs<unknown>('drill');
  const rewritings = new Jobs<unknown>('rewriting');
  const rebuilds = new Jobs<unknown>('rebuild');
  const verifications = new Jobs<unknown>('verification');
  const retention = new Jobs<unknown>('retention');
  const controller = new JobsController(
    { jobs: backups, drills, rewritings: { jobs: rewritings } } as unknown as Backups,
    { jobs: rebuilds } as unknown as Rebuilds,
    { jobs: verifications } as unknown as Verifications,
    { jobs: retention } as unknown as Retention,
  );
  const states = () => controller.list().items.map(({ jobId, kind, state }) => [jobId, kind, state]);

  it('are listed with the running ones first, and each can be cancelled by its id alone', async () => {
    const rebuild = rebuilds.start(endless);
    const backup = backups.start(() => Promise.resolve('done'));
    await backups.whenEnded(backup);
    expect(states()).toEqual([
      [rebuild.id, 'rebuild', 'running'],
      [backup.id, 'backup', 'done'],
    ]);
    expect(await controller.cancel({ jobId: rebuild.id })).toMatchObject({
      jobId: rebuild.id,
      state: 'cancelled',
      endedAt: expect.any(String),
      error: null,
    });
    expect(await controller.cancel({ jobId: backup.id })).toMatchObject({ state: 'done' });
    await expect(controller.cancel({ jobId: 'another' })).rejects.toMatchObject({ code: 'job.not-found' });
  });

  it('that the stop of the service cancels say so', async () => {
    const { id } = verifications.start(endless);
    await verifications.close();
    expect(controller.list().items.find(({ jobId }) => jobId === id)).toMatchObject({
      state: 'cancelled',
      error: { code: 'service.stopping' },
    });
  });

  it('are kept until 50 of a kind have ended, besides the running one', async () => {
    for (let i = 0; i < 60; i++) await drills.whenEnded(drills.start(() => Promise.resolve(i)));
    drills.start(endless);
    const ofDrills = states().filter(([, kind]) => kind === 'drill');
    expect(ofDrills.filter(([, , state]) => state === 'done')).toHaveLength(50);
    expect(ofDrills.filter(([, , state]) => state === 'running')).toHaveLength(1);
    await drills.close();
  });
});
