import { eventAnswer } from '../../test/support/event-answer.js';
import { formed } from '../../test/support/happened.js';
import { Recorder } from '../../test/support/recorder.js';
import { type StoreEvent } from './event-catalog.js';
import { PageWriter, type EventFormat, type PageQuery } from './event-page.js';
import { jsonCodec } from './log/event-codec.js';
import { EventDecoder } from './log/event-decoder.js';
import type { StoredEvent } from './log/event-log.js';

const DECODER = new EventDecoder();

const recorder = new Recorder();
const EVENTS = ['One\nline', 'two\r\n', 'thr\u2028ee'].map((content) => recorder.record(formed({ content })));
const STORED = EVENTS.map(stored);

function stored(event: StoreEvent): StoredEvent {
  return { ...event, data: jsonCodec.encode(event.data, event.userId), streamKey: 1, hash: '' };
}

function written(query: Partial<PageQuery> & { format: EventFormat }, events = STORED, head = 9) {
  const page = new PageWriter({ after: 0, limit: 100, ...query }, DECODER);
  for (const event of events) if (!page.add(event)) break;
  const { text, ...rest } = page.finish(head);
  return { ...rest, text: Buffer.from(text).toString() };
}

const broken = (event: StoredEvent): StoredEvent => ({ ...event, data: '{}' });

describe('a page of events', () => {
  it('is the items of a JSON list', () => {
    const { text, ...page } = written({ format: 'json' });
    expect(JSON.parse(`[${text}]`)).toEqual(EVENTS.map(eventAnswer));
    expect(page).toEqual({ events: 3, nextAfter: 9, head: 9 });
  });

  it('is one line per event', () => {
    const lines = written({ format: 'ndjson' }).text.split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(EVENTS.map(eventAnswer));
  });

  it('is one server-sent event per event, whatever line breaks the content has', () => {
    const messages = written({ format: 'sse' }).text.split('\n\n');
    expect(messages.pop()).toBe('');
    expect(messages.map((message) => message.split(/\r\n|\n|\r/))).toEqual(
      EVENTS.map((event) => [
        `id: ${event.position}`,
        'event: memory.formed',
        `data: ${JSON.stringify(eventAnswer(event))}`,
      ]),
    );
  });

  it('continues after its last event when it is full, else after everything that it has read', () => {
    expect(written({ format: 'ndjson', limit: 3 }).nextAfter).toBe(3);
    expect(written({ format: 'ndjson', limit: 4 }).nextAfter).toBe(9);
    expect(written({ format: 'ndjson', limit: 4, upTo: 5 }).nextAfter).toBe(5);
    expect(written({ format: 'ndjson', limit: 4, upTo: 50 }).nextAfter).toBe(9);
    expect(written({ format: 'ndjson' }, []).nextAfter).toBe(9);
  });

  it('continues after its last event when not all events were read', () => {
    const page = new PageWriter({ after: 0, limit: 100, format: 'json' }, DECODER);
    for (const event of STORED) page.add(event);
    expect(page.finish(9, true).nextAfter).toBe(3);
  });

  it('ends when it is large, in every format', () => {
    const large = Array.from({ length: 200 }, () =>
      stored(new Recorder().record(formed({ content: 'x'.repeat(8_000) }))),
    ).map((event, i) => ({ ...event, position: i + 1 }));
    for (const format of ['json', 'ndjson', 'sse'] as const) {
      const page = written({ format, limit: 200 }, large, 200);
      expect(page.text.length).toBeGreaterThan(256 * 1024);
      expect(page.text.length).toBeLessThan(300 * 1024);
      expect(page.nextAfter).toBe(page.events);
    }
  });

  it('ends before a poison event, and fails if it begins with one', () => {
    const [first, second, third] = STORED as [StoredEvent, StoredEvent, StoredEvent];
    const page = written({ format: 'sse' }, [first, second, broken(third)]);
    expect(page).toMatchObject({ events: 2, nextAfter: 2 });
    expect(() => written({ format: 'sse' }, [broken(third)])).toThrow(/position 3/);
    expect(written({ format: 'json' }, [first, broken(second)])).toMatchObject({ events: 1, nextAfter: 1 });
  });
});
