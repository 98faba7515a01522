import { median } from 'simple-statistics';
import { CommandMaker, type Command } from '../bodies.ts';
import type { BenchOptions } from '../options.ts';
import { progress } from '../progress.ts';
import type { PastReport } from '../report.ts';
import { startFresh, type Scratch } from '../scratch.ts';
import { loadCommands } from '../seed.ts';

const USER = 'user-with-a-long-past';
/** The mean number of events that a command of the mix makes. */
const EVENTS_PER_COMMAND = 1.75;
/** Each state is this share of the log before the one measured last, so that it is folded from the start. */
const STEP_BACK = 0.002;
/** Positions that a slider asks for, one after another, and how far apart they are. */
const SLIDES = 20;
const SLIDE = 50;

const READS = [
  'profile',
  'stats',
  'memories?limit=20',
  'memories/search?q=river+lamp+stone',
  'emotions',
  'emotions/trend?bucket=week',
  'conversation',
  'sessions?limit=20',
  'timeline',
];

/** Reads a user with many events at past positions: folded from the start, again, and a little later. */
export async function measurePast(options: BenchOptions, scratch: Scratch): Promise<PastReport> {
  const events = options.quick ? 20_000 : 100_000;
  const { service } = await startFresh(scratch, 'past');
  try {
    const maker = new CommandMaker(41);
    const count = Math.round(events / EVENTS_PER_COMMAND);
    const make = (): Command => ({ ...maker.mixed(), userId: USER });
    await loadCommands(service.url, { label: 'commands of one user', count, make });
    const head = Number((await read(service.url, 'profile')).position);
    const samples = new Map(
      READS.map((path): [string, Samples] => [path, { now: [], first: [], again: [], slide: [] }]),
    );
    let position = head - SLIDES * SLIDE;
    for (let round = 1; round <= options.rounds; round++) {
      progress(`past: round ${round} of ${options.rounds}`);
      for (const [path, sample] of samples) {
        position -= Math.round(head * STEP_BACK);
        sample.now.push((await read(service.url, path)).ms);
        sample.first.push((await read(service.url, path, position)).ms);
        sample.again.push((await read(service.url, path, position)).ms);
        for (let i = 1; i <= SLIDES; i++)
          sample.slide.push((await read(service.url, path, position + i * SLIDE)).ms);
        // What the slider has folded is after every position that is still to come.
      }
    }
    const rows = [...samples].map(([path, { now, first, again, slide }]) => ({
      path,
      nowMs: median(now),
      firstMs: median(first),
      worstFirstMs: Math.max(...first),
      againMs: median(again),
      slideMs: median(slide),
    }));
    return { events: head, rows };
  } finally {
    await service.stop();
  }
}

interface Samples {
  now: number[];
  first: number[];
  again: number[];
  slide: number[];
}

async function read(
  url: string,
  path: string,
  asOf?: number,
): Promise<{ ms: number; position: string | null }> {
  const query = asOf === undefined ? '' : `${path.includes('?') ? '&' : '?'}asOf=${asOf}`;
  const start = performance.now();
  const response = await fetch(`${url}/v1/users/${USER}/${path}${query}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}${query} answered ${response.status}: ${text}`);
  return { ms: performance.now() - start, position: response.headers.get('edgesoul-position') };
}
