import { median } from 'simple-statistics';
import { PEER } from './cells/peers.ts';
import type { PeerRow, Report } from './report.ts';
import type { CellSummary } from './rounds.ts';

/** A bar (a target of the project), and whether this run reached it. */
export interface Verdict {
  what: string;
  bar: number;
  stretch: number;
  unit: '' | 'ms';
  lowerIsBetter: boolean;
  measured?: number;
  /** The same ratio by CPU time: steadier on a busy machine, but it does not include waiting for the disk. */
  byCpu?: number;
  verdict: 'stretch reached' | 'held' | 'MISSED' | 'not measured';
}

type Bar = Pick<Verdict, 'what' | 'bar' | 'stretch'> & Partial<Verdict>;

/** Every bar with the result of this run. */
export function verdicts(report: Report): Verdict[] {
  return [
    ...overHttp(report),
    ...inProcess(report),
    ...readingSide(report),
    ...contexts(report),
    ...besideAnalysts(report),
  ].map((bar) => judge({ unit: '', lowerIsBetter: false, ...bar }));
}

function overHttp({ commands, openLoop }: Report): Bar[] {
  const mix = (yardstick: string) => ({
    ...ifMeasured(perSecondRatio(commands, 'mix, 64', `${yardstick}, 64`)),
    ...cpuRatio(serverMicros(commands, 'mix, 64'), serverMicros(commands, `${yardstick}, 64`)),
  });
  // If even the yardstick falls behind, the machine is too slow to measure waiting times.
  const keptUp = openLoop && openLoop[0]!.perSecond > 0.95 * openLoop[0]!.rate!;
  return [
    { what: 'mix over HTTP : bare node:http echo', bar: 0.42, stretch: 0.5, ...mix('echo POST') },
    {
      what: 'mix over HTTP : same server, no storage',
      bar: 0.65,
      stretch: 0.8,
      ...mix('mix without storage'),
    },
    { what: 'mix over HTTP : one commit a command', bar: 3.5, stretch: 4.5, ...mix('mix, one commit each') },
    {
      what: 'p99 at 2,500 commands/s : same server, no storage',
      bar: 1.6,
      stretch: 1.25,
      lowerIsBetter: true,
      ...ifMeasured(keptUp ? openLoop[1]?.p99Ratio : undefined),
    },
  ];
}

function inProcess({ peers }: Report): Bar[] {
  const own = peers?.find(({ name }) => name === PEER.writer);
  const writer = (name: string) => {
    const other = peers?.find((peer) => peer.name === name);
    return { ...ifMeasured(commandRatio(own, other)), ...cpuRatio(own?.cpuMicros, other?.cpuMicros) };
  };
  return [
    {
      what: 'writer, 64 in flight : hand-written SQL',
      bar: 0.75,
      stretch: 0.9,
      ...writer(PEER.limitProjected),
    },
    { what: 'writer : naive MikroORM unit of work', bar: 20, stretch: 30, ...writer(PEER.naive) },
    {
      what: 'writer : emmett-sqlite, 32 writers, projections',
      bar: 8,
      stretch: 11,
      ...writer(PEER.emmettProjected),
    },
  ];
}

function readingSide({ rebuild, reports, search }: Report): Bar[] {
  const memories = (search?.memories ?? 1_000_000).toLocaleString('en');
  const heavy = (search?.heavyUserMemories ?? 10_000).toLocaleString('en');
  return [
    {
      what: 'rebuild : fold and bulk insert by hand',
      bar: 0.7,
      stretch: 1,
      ...ifMeasured(rebuild?.ratioByHand),
    },
    {
      what: 'chat p99 beside a rebuild : quiet',
      bar: 3,
      stretch: 2,
      lowerIsBetter: true,
      ...ifMeasured(rebuild?.chat.ratio),
    },
    {
      what: 'rebuild : reading and parsing the same rows',
      bar: 0.35,
      stretch: 0.5,
      ...ifMeasured(rebuild?.ratio),
    },
    {
      what: 'folding the events : a year of daily emotions',
      bar: 20,
      stretch: 30,
      ...ifMeasured(reports?.ratio),
      ...(reports && { byCpu: reports.ratioByCpu }),
    },
    {
      what: `search p99, ${memories} memories, user with ${heavy}`,
      bar: 3,
      stretch: 2,
      unit: 'ms',
      lowerIsBetter: true,
      ...ifMeasured(search?.cells[1]?.p99),
    },
  ];
}

function contexts({ search }: Report): Bar[] {
  const heavy = (search?.heavyUserMemories ?? 10_000).toLocaleString('en');
  const context = search?.cells.find(({ name }) => name.startsWith('context'));
  return [
    {
      what: `context p99, user with ${heavy} memories`,
      bar: 10,
      stretch: 5,
      unit: 'ms',
      lowerIsBetter: true,
      ...ifMeasured(context?.p99),
    },
    {
      what: 'context p99 : search p99 of the same user',
      bar: 3,
      stretch: 2,
      lowerIsBetter: true,
      ...ifMeasured(context?.p99Ratio),
    },
  ];
}

function besideAnalysts({ isolation }: Report): Bar[] {
  return [
    {
      what: 'commands/s beside analysts : alone',
      bar: 0.7,
      stretch: 0.85,
      ...ifMeasured(isolation?.throughputRatio),
    },
    {
      what: 'p99 beside analysts : alone',
      bar: 2,
      stretch: 1.5,
      lowerIsBetter: true,
      ...ifMeasured(isolation?.p99Ratio),
    },
    {
      what: 'replay over HTTP : one statement that iterates',
      bar: 0.3,
      stretch: 0.5,
      ...ifMeasured(isolation?.replayRatio),
    },
  ];
}

function judge(bar: Omit<Verdict, 'verdict'>): Verdict {
  const { measured } = bar;
  if (measured === undefined) return { ...bar, verdict: 'not measured' };
  const reaches = (goal: number) => (bar.lowerIsBetter ? measured <= goal : measured >= goal);
  if (reaches(bar.stretch)) return { ...bar, verdict: 'stretch reached' };
  return { ...bar, verdict: reaches(bar.bar) ? 'held' : 'MISSED' };
}

function ifMeasured(measured: number | undefined): { measured?: number } {
  return measured === undefined ? {} : { measured };
}

/** The ratio of one cell's rate to another's in the same round: the median over the rounds. */
export function perSecondRatio(
  cells: readonly CellSummary[] | undefined,
  name: string,
  yardstick: string,
): number | undefined {
  const own = cells?.find((cell) => cell.name === name)?.rounds;
  const other = cells?.find((cell) => cell.name === yardstick)?.rounds;
  if (!own || !other) return undefined;
  return median(own.map(({ perSecond }, round) => perSecond / other[round]!.perSecond));
}

function serverMicros(cells: readonly CellSummary[] | undefined, name: string): number | undefined {
  return cells?.find((cell) => cell.name === name)?.serverMicros;
}

function cpuRatio(own: number | undefined, yardstick: number | undefined): { byCpu?: number } {
  return own && yardstick ? { byCpu: yardstick / own } : {};
}

/** The ratio of the commands per second; events cannot be compared, because their numbers differ. */
function commandRatio(own: PeerRow | undefined, other: PeerRow | undefined): number | undefined {
  if (!own?.commandsPerSecond || !other?.commandsPerSecond) return undefined;
  return own.commandsPerSecond / other.commandsPerSecond;
}
