import type { EventPage, PageQuery } from '../../events/event-page.js';
import type { Reads } from '../../projections/reads/reads.js';
import { LogPages } from './log-pages.js';

const PAGE: EventPage = { text: new Uint8Array(), events: 0, nextAfter: 0, head: 0 };
const query = (after: number): PageQuery => ({ after, limit: 1, format: 'json' });

/** Reads that are answered, or fail, one by one. */
function pendingReads() {
  const begun: number[] = [];
  const answers: PromiseWithResolvers<EventPage>[] = [];
  const patient: number[] = [];
  const eventPage: Reads['eventPage'] = ({ after }, options) => {
    begun.push(after);
    if (options?.patient) patient.push(after);
    const answer = Promise.withResolvers<EventPage>();
    answers.push(answer);
    return answer.promise;
  };
  return { begun, patient, answers, pages: new LogPages({ eventPage } as unknown as Reads) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the pages of the log', () => {
  it('are read two at a time for long readers, in the order in which they ask', async () => {
    const { begun, answers, pages } = pendingReads();
    const read = [1, 2, 3, 4, 5].map((after) => pages.further(query(after)));
    await settled();
    expect(begun).toEqual([1, 2]);

    answers[1]?.resolve(PAGE);
    await settled();
    expect(begun).toEqual([1, 2, 3]);

    answers[0]?.reject(new Error('gone'));
    await expect(read[0]).rejects.toThrow('gone');
    await settled();
    expect(begun).toEqual([1, 2, 3, 4]);

    for (const answer of answers.slice(2)) answer.resolve(PAGE);
    await settled();
    answers[4]?.resolve(PAGE);
    await expect(Promise.all(read.slice(1))).resolves.toHaveLength(4);
  });

  it('are read at once for a reader that begins, however many wait', async () => {
    const { begun, patient, pages } = pendingReads();
    for (const after of [1, 2, 3, 4]) void pages.further(query(after));
    void pages.first(query(9));
    await settled();
    expect(begun).toEqual([1, 2, 9]);
    expect(patient).toEqual([1, 2]);
  });
});
