import { median } from 'simple-statistics';
import { CommandMaker } from '../bodies.ts';
import { runTask } from '../child.ts';
import type { BenchOptions } from '../options.ts';
import type { FoldedReport } from '../peers/fold-report.ts';
import { progress } from '../progress.ts';
import type { ReportsReport } from '../report.ts';
import { startFresh, type Scratch } from '../scratch.ts';
import { loadCommands } from '../seed.ts';

const DAY_MS = 24 * 3_600_000;
const YEAR_DAYS = 365;
const PATH = '/v1/reports/emotions?groupBy=emotion';

/**
 * Compares a year of daily emotions as the service answers it with folding the same events for it. Every
 * event but the users' registrations is an emotion.
 */
export async function measureReports(options: BenchOptions, scratch: Scratch): Promise<ReportsReport> {
  const { service, data } = await startFresh(scratch, 'reports');
  try {
    const maker = new CommandMaker(41);
    const count = options.events;
    const start = Date.now() - YEAR_DAYS * DAY_MS;
    const make = (number: number) => {
      const at = start + (number / count) * (YEAR_DAYS - 1) * DAY_MS;
      return { ...maker.make('ObserveEmotion'), occurredAt: new Date(at).toISOString() };
    };
    await loadCommands(service.url, { label: 'emotions to report', count, make });
    const folded: FoldedReport[] = [];
    const overHttp: number[] = [];
    const past: number[] = [];
    for (let round = 1; round <= options.rounds; round++) {
      progress(`reports: round ${round} of ${options.rounds}`);
      folded.push(await runTask<FoldedReport>('peers/fold-report.ts', { folder: data }));
      overHttp.push(await answerMs(`${service.url}${PATH}`));
      past.push(await answerMs(`${service.url}${PATH}&asOf=${Math.round(count / 2)}`));
    }
    return {
      events: folded[0]!.events,
      foldingCpuMs: median(folded.map(({ folding }) => folding.cpuMs)),
      blocksCpuMs: median(folded.map(({ blocks }) => blocks.cpuMs)),
      overHttpMs: median(overHttp),
      pastOverHttpMs: median(past),
      ratio: median(folded.map(({ blocks, folding }) => folding.ms / blocks.ms)),
      ratioByCpu: median(folded.map(({ blocks, folding }) => folding.cpuMs / blocks.cpuMs)),
    };
  } finally {
    await service.stop();
  }
}

async function answerMs(url: string): Promise<number> {
  const start = performance.now();
  const answer = await fetch(url);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`GET ${url} answered ${answer.status}: ${text}`);
  return performance.now() - start;
}
