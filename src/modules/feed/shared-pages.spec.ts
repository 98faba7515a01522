import type { EventPage, PageQuery } from '../../events/event-page.js';
import { Doorbell } from '../../events/log/doorbell.js';
import type { Reads } from '../../projections/reads/reads.js';
import { LogPages } from './log-pages.js';
import { SharedPages } from './shared-pages.js';

const QUERY: PageQuery = { after: 0, limit: 10, format: 'sse' };

/** Reads whose answers the test resolves. */
function manualReads() {
  const answers: PromiseWithResolvers<EventPage>[] = [];
  const eventPage = () => {
    const answer = Promise.withResolvers<EventPage>();
    answers.push(answer);
    return answer.promise;
  };
  const doorbell = new Doorbell();
  return {
    answers,
    doorbell,
    pages: new SharedPages(new LogPages({ eventPage } as unknown as Reads), doorbell),
  };
}

const page = (head: number): EventPage => ({ text: new Uint8Array(), events: 0, nextAfter: head, head });

describe('concurrent reads of a page', () => {
  it('share one read, which later reads do not', async () => {
    const { answers, pages } = manualReads();
    const both = [pages.read(QUERY), pages.read({ ...QUERY })];
    expect(answers).toHaveLength(1);
    answers[0]?.resolve(page(1));
    expect(await Promise.all(both)).toEqual([page(1), page(1)]);
    void pages.read(QUERY);
    expect(answers).toHaveLength(2);
  });

  it('are not shared between different queries', () => {
    const { answers, pages } = manualReads();
    void pages.read(QUERY);
    void pages.read({ ...QUERY, after: 1 });
    void pages.read({ ...QUERY, userId: 'ada' });
    expect(answers).toHaveLength(3);
  });

  it('are not shared across a ring, because the older read may lack the new events', () => {
    const { answers, doorbell, pages } = manualReads();
    void pages.read(QUERY);
    doorbell.ring(1);
    void pages.read(QUERY);
    expect(answers).toHaveLength(2);
  });

  it('fail together, and the next read starts again', async () => {
    const { answers, pages } = manualReads();
    const both = [pages.read(QUERY), pages.read(QUERY)];
    answers[0]?.reject(new Error('away'));
    for (const reading of both) await expect(reading).rejects.toThrow('away');
    void pages.read(QUERY);
    expect(answers).toHaveLength(2);
  });
});
