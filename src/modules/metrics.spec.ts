import { jest } from '@jest/globals';
import { Metrics } from './metrics.js';

/** The lines of a scrape that belong to the metric. */
async function scrapedLines(metrics: Metrics, name: string): Promise<string[]> {
  const text = await metrics.registry.metrics();
  return text.split('\n').filter((line) => line.startsWith(name));
}

const never = () => new Promise<number>(() => undefined);
const failing = () => Promise.reject(new Error('The database is away.'));
const FAILURES = 'edgesoul_scrape_failures_total{metric="edgesoul_boats"}';

describe('a gauge', () => {
  it('is read again at each scrape', async () => {
    const metrics = new Metrics();
    let boats = 0;
    metrics.gauge({ name: 'edgesoul_boats', help: 'Boats.' }, () => ++boats);
    expect(await scrapedLines(metrics, 'edgesoul_boats')).toEqual(['edgesoul_boats 1']);
    expect(await scrapedLines(metrics, 'edgesoul_boats')).toEqual(['edgesoul_boats 2']);
  });

  it('has one value for each key of a map, and drops keys that are gone', async () => {
    const metrics = new Metrics();
    const boats = new Map([
      ['sail', 2],
      ['row', 3],
    ]);
    metrics.gauge({ name: 'edgesoul_boats', help: 'Boats.', label: 'kind' }, () => boats);
    expect(await scrapedLines(metrics, 'edgesoul_boats')).toEqual([
      'edgesoul_boats{kind="sail"} 2',
      'edgesoul_boats{kind="row"} 3',
    ]);
    boats.delete('sail');
    expect(await scrapedLines(metrics, 'edgesoul_boats')).toEqual(['edgesoul_boats{kind="row"} 3']);
  });

  it('is left out when it has no value, without counting a failure', async () => {
    const metrics = new Metrics();
    metrics.gauge({ name: 'edgesoul_boats', help: 'Boats.' }, () => null);
    expect(await scrapedLines(metrics, 'edgesoul_boats')).toEqual([]);
    expect(await scrapedLines(metrics, FAILURES)).toEqual([]);
  });

  it('that fails is counted, and leaves the rest of the scrape intact', async () => {
    const metrics = new Metrics();
    let away = false;
    const boats = () => (away ? failing() : 7);
    metrics.gauge({ name: 'edgesoul_boats', help: 'Boats.' }, boats);
    metrics.gauge({ name: 'edgesoul_afloat', help: 'Are they?', fallback: 0 }, failing);
    expect(await scrapedLines(metrics, 'edgesoul_boats')).toEqual(['edgesoul_boats 7']);
    away = true;
    expect(await scrapedLines(metrics, 'edgesoul_boats')).toEqual([]);
    expect(await scrapedLines(metrics, 'edgesoul_afloat')).toEqual(['edgesoul_afloat 0']);
    expect(await scrapedLines(metrics, FAILURES)).toEqual([`${FAILURES} 2`]);
  });

  it('that never resolves does not block a scrape', async () => {
    const metrics = new Metrics();
    metrics.gauge({ name: 'edgesoul_boats', help: 'Boats.' }, never);
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance', 'hrtime'] });
    try {
      const scrape = scrapedLines(metrics, 'edgesoul_boats');
      await jest.advanceTimersByTimeAsync(2_000);
      expect(await scrape).toEqual([]);
    } finally {
      jest.useRealTimers();
    }
    metrics.registry.removeSingleMetric('edgesoul_boats');
    expect(await scrapedLines(metrics, FAILURES)).toEqual([`${FAILURES} 1`]);
  });
});

describe('the metrics of two applications in one process', () => {
  it('are kept apart', async () => {
    const [one, other] = [new Metrics(), new Metrics()];
    one.gauge({ name: 'edgesoul_boats', help: 'Boats.' }, () => 1);
    other.gauge({ name: 'edgesoul_boats', help: 'Boats.' }, () => 2);
    expect(await scrapedLines(one, 'edgesoul_boats')).toEqual(['edgesoul_boats 1']);
    expect(await scrapedLines(other, 'edgesoul_boats')).toEqual(['edgesoul_boats 2']);
  });
});
