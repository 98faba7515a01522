import type { EventPage, PageQuery } from '../../events/event-page.js';
import { Doorbell } from '../../events/log/doorbell.js';
import type { Reads } from '../../projections/reads/reads.js';
import { SharedPages } from './shared-pages.js';

const QUERY: PageQuery = { after: 0, limit: 10, format: 'sse' };

/** Reads that are answered by hand. */
function byHand() {
  const answers: PromiseWithResolvers<EventPage>[] = [];
  const eventPage = () => {
    const answer = Promise.withResolvers<EventPage>();
    answers.push(answer);
    return answer.promise;
  };
  const doorbell = new Doorbell();
  return { answers, doorbell, pages: new SharedPages({ eventPage } as unknown as Reads, doorbell) };
}

const page = (head: number): EventPage => ({ text: new Uint8Array(), events: 0, nextAfter: head, head });

describe('pages that several ask for at once', () => {
  it('are read once, and again for who asks later', async () => {
    const { answers, pages } = byHand();
    const both = [pages.read(QUERY), pages.read({ ...QUERY })];
    expect(answers).toHaveLength(1);
    answers[0]?.resolve(page(1));
    expect(await Promise.all(both)).toEqual([page(1), page(1)]);
    void pages.read(QUERY);
    expect(answers).toHaveLength(2);
  });

  it('are not those of another question', () => {
    const { answers, pages } = byHand();
    void pages.read(QUERY);
    void pages.read({ ...QUERY, after: 1 });
    void pages.read({ ...QUERY, userId: 'ada' });
    expect(answers).toHaveLength(3);
  });

  it('are not those of before the last ring, which may lack what was rung', () => {
    const { answers, doorbell, pages } = byHand();
    void pages.read(QUERY);
    doorbell.ring(1);
    void pages.read(QUERY);
    expect(answers).toHaveLength(2);
  });

  it('fail together, and are asked for again', async () => {
    const { answers, pages } = byHand();
    const both = [pages.read(QUERY), pages.read(QUERY)];
    answers[0]?.reject(new Error('away'));
    for (const reading of both) await expect(reading).rejects.toThrow('away');
    void pages.read(QUERY);
    expect(answers).toHaveLength(2);
  });
});
