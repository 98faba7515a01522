import { Vacuums } from './vacuums.js';

describe('the vacuum after erasures', () => {
  it('that fails is reported once, and ends', async () => {
    const vacuums = new Vacuums({ url: 'postgresql://nobody@127.0.0.1:1/none' });
    const failures: unknown[] = [];
    vacuums.onFailed = (error) => failures.push(error);
    vacuums.ask(['events']);
    vacuums.ask(['receipts']);
    await vacuums.ended();
    expect(failures).toMatchObject([{ code: 'database.unavailable' }]);
  });

  it('is not begun after the end of the service, nor in SQLite', async () => {
    const failures: unknown[] = [];
    for (const address of [{ url: 'postgresql://nobody@127.0.0.1:1/none' }, { file: '/none' }]) {
      const vacuums = new Vacuums(address);
      vacuums.onFailed = (error) => failures.push(error);
      if ('url' in address) {
        vacuums.ask(['events']);
        await vacuums.close();
      }
      vacuums.ask(['events']);
      await vacuums.ended();
    }
    expect(failures).toEqual([]);
  });
});
