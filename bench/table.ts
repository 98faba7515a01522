import Table from 'cli-table3';
import { perSecondRatio, verdicts, type Verdict } from './bars.ts';
import type { Environment } from './environment.ts';
import type {
  BytesReport,
  IsolationReport,
  PastReport,
  PeerRow,
  RebuildReport,
  Report,
  ReportsReport,
  SearchReport,
} from './report.ts';
import type { CellSummary } from './rounds.ts';

/** The whole report as text. */
export function render(report: Report): string {
  const { commands, reads, keys, openLoop, search, past, bytes, rebuild, reports, isolation, peers } = report;
  return [
    machine(report),
    commands &&
      cellTable('Commands over HTTP, every answer on disk', commands) + mixAgainstNoStorage(commands),
    reads && cellTable('Point reads over HTTP', reads),
    keys && cellTable('What a key costs', keys),
    openLoop && cellTable('Open loop: latency from the moment a request was due', openLoop),
    search && searchTable(search),
    past && pastTable(past),
    bytes && bytesTable(bytes),
    rebuild && rebuildTable(rebuild),
    isolation && isolationTable(isolation),
    reports && reportsTable(reports),
    peers && peerTable(peers),
    verdictTable(verdicts(report)),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function machine({ environment, options }: Report): string {
  const rows: [string, string][] = [
    ['date', environment.date],
    ['node', `${environment.node}, ${environment.platform}`],
    ['cpu', `${environment.cores} cores, ${environment.cpu}, ${environment.memoryGb} GB`],
    ['load average', loads(environment)],
    [
      'disk',
      `${environment.filesystem}; 4 KiB written and synced in ${environment.diskSyncMs.toFixed(2)} ms (median)`,
    ],
    ['fsync', environment.fsync],
    ['run', `${options.rounds} alternating rounds of ${options.seconds} s per cell; medians over the rounds`],
  ];
  const table = new Table({
    colWidths: [14, 100],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows);
  const warning = options.quick
    ? '\nA quick run: it shows whether everything works, not how fast it is.'
    : '';
  return table.toString() + warning;
}

function loads({ loadBefore, loadAfter, cores }: Environment): string {
  const noisy = loadBefore[0]! > cores / 4 ? ' (the machine was busy before: read ratios only)' : '';
  return `${loadOf(loadBefore)} before${loadAfter ? `, ${loadOf(loadAfter)} after` : ''}${noisy}`;
}

function loadOf(averages: readonly number[]): string {
  return averages.map((value) => value.toFixed(2)).join(' ');
}

function cellTable(title: string, cells: readonly CellSummary[]): string {
  const table = newTable([
    'requests',
    'conn.',
    'requests/s',
    'p50 ms',
    'p99 ms',
    ': yardstick',
    'server CPU us',
    'generator busy',
  ]);
  for (const cell of cells) {
    table.push([
      cell.name.replace(/, \d+$/, ''),
      cell.connections,
      whole(cell.perSecond),
      millis(cell.p50),
      millis(cell.p99) + (cell.rate && cell.p99Ratio ? ` (${ratio(cell.p99Ratio)} x)` : ''),
      cell.ratio === undefined ? '1' : ratio(cell.ratio),
      cell.serverMicros === undefined ? '-' : whole(cell.serverMicros),
      `${Math.round(cell.generatorBusy * 100)} %`,
    ]);
  }
  return `${title}\n${table.toString()}`;
}

function mixAgainstNoStorage(cells: readonly CellSummary[]): string {
  const at = (connections: number) =>
    perSecondRatio(cells, `mix, ${connections}`, `mix without storage, ${connections}`);
  return `\nmix : mix without storage = ${ratio(at(1) ?? NaN)} at 1 connection, ${ratio(at(64) ?? NaN)} at 64`;
}

function searchTable(search: SearchReport): string {
  const title =
    `Search, one connection, questions of 3 to 6 words: ${whole(search.memories)} memories of 1,000 users, ` +
    `one with ${whole(search.heavyUserMemories)}, the others with ${whole(search.ordinaryUserMemories)} ` +
    `(loaded at ${whole(search.loadedPerSecond)}/s)`;
  return cellTable(title, search.cells);
}

function pastTable({ events, rows }: PastReport): string {
  const table = newTable(['read', 'now ms', 'folded ms', 'worst ms', 'again ms', '50 events later ms']);
  for (const { path, nowMs, firstMs, worstFirstMs, againMs, slideMs } of rows)
    table.push([path, ...[nowMs, firstMs, worstFirstMs, againMs, slideMs].map(millis)]);
  return `Reads at past positions of a user with ${whole(events)} events, one connection\n${table.toString()}`;
}

function bytesTable(bytes: BytesReport): string {
  const table = newTable(['table or index', 'MB', 'bytes/event']);
  for (const { name, bytes: size } of bytes.largest) {
    table.push([name, (size / 1e6).toFixed(1), whole(size / bytes.events)]);
  }
  return (
    `Disk: ${whole(bytes.bytesPerEvent)} bytes an event (${whole(bytes.events)} events, file after a checkpoint, with ` +
    `projections, indexes and receipts); ${(bytes.bytesPerUserWeek / 1024).toFixed(1)} KiB a user-week ` +
    `(${bytes.turnsPerUserWeek} turns with emotion, ${bytes.memoriesPerUserWeek} memories; ${bytes.users} users)\n${table.toString()}`
  );
}

function rebuildTable({ chat, ...rebuild }: RebuildReport): string {
  const table = newTable(['all four projections', 'events/s', 'the service :']);
  table.push(
    ['the service, over HTTP', whole(rebuild.rebuiltPerSecond), ''],
    ['by hand: fold in memory, bulk insert', whole(rebuild.byHandPerSecond), ratio(rebuild.ratioByHand)],
    ['only reading and parsing', whole(rebuild.readPerSecond), ratio(rebuild.ratio)],
  );
  return (
    `Rebuild from ${whole(rebuild.events)} events; the service grew by ${whole(rebuild.grownBytes / 1e6)} MB at most\n${table.toString()}\n` +
    `A chat of ${chat.perSecond} commands/s beside it: p99 ${millis(chat.besideP99)} ms, quiet ${millis(chat.quietP99)} ms, ` +
    `ratio ${ratio(chat.ratio)} (worst round ${ratio(chat.worstRatio)})`
  );
}

function isolationTable(isolation: IsolationReport): string {
  const { alone, beside, witnessed } = isolation;
  const table = newTable(['the mix, 64 connections', 'commands/s', 'p99 ms']);
  table.push(
    ['alone', whole(alone.perSecond), millis(alone.p99)],
    ['beside analysts', whole(beside.perSecond), millis(beside.p99)],
    ['ratio', ratio(isolation.throughputRatio), ratio(isolation.p99Ratio)],
  );
  const streams = witnessed.streams.map(
    ({ name, finished, bytes }) => `${name}: ${finished} finished, ${whole(bytes / 1e6)} MB`,
  );
  return (
    `Analysts beside the chat, ${whole(isolation.events)} events before it\n${table.toString()}\n` +
    `In the last round: ${streams.join('; ')}; followers received ${whole(witnessed.followed)} events\n` +
    `A replay over HTTP: ${whole(isolation.replayPerSecond)} events/s, ${ratio(isolation.replayRatio)} of one ` +
    `statement that iterates over the same rows (${whole(isolation.iteratedPerSecond)}/s)`
  );
}

function reportsTable(reports: ReportsReport): string {
  const table = newTable(['a year of daily emotions', 'ms', 'folding :']);
  table.push(
    ['folding the events, CPU', whole(reports.foldingCpuMs), ''],
    ['from the blocks of facts, CPU', whole(reports.blocksCpuMs), ratio(reports.ratioByCpu)],
    ['over HTTP, at the head', whole(reports.overHttpMs), ''],
    ['over HTTP, at a past position', whole(reports.pastOverHttpMs), ''],
  );
  return `Reports over ${whole(reports.events)} events\n${table.toString()}`;
}

function peerTable(peers: readonly PeerRow[]): string {
  const head = [
    'the mix without HTTP',
    'writers',
    'events/s',
    'commands/s',
    'CPU us/command',
    'failed',
    'durability',
  ];
  const table = newTable(head);
  const notes: string[] = [];
  const mark = (note: string | undefined) => (note ? ` [${notes.push(note)}]` : '');
  for (const peer of peers) {
    const { eventsPerSecond, commandsPerSecond, cpuMicros, failed, missing } = peer;
    const numbers = [eventsPerSecond, commandsPerSecond, cpuMicros, failed].map((value) =>
      missing ? '-' : whole(value),
    );
    const note = mark(missing?.split('\n')[0] ?? peer.note);
    table.push([peer.name, peer.writers, ...numbers, `${peer.durability}${note}`]);
  }
  return ['Peers', table.toString(), ...notes.map((note, i) => `[${i + 1}] ${note}`)].join('\n');
}

function verdictTable(all: readonly Verdict[]): string {
  const table = newTable(['bar', 'measured', 'by CPU', 'bar', 'stretch', 'verdict']);
  for (const { what, measured, byCpu, bar, stretch, unit, lowerIsBetter, verdict } of all) {
    const goal = (value: number) => `${lowerIsBetter ? '<=' : '>='} ${value}${unit && ` ${unit}`}`;
    const value = measured === undefined ? '-' : `${ratio(measured)}${unit && ` ${unit}`}`;
    table.push([what, value, byCpu === undefined ? '-' : ratio(byCpu), goal(bar), goal(stretch), verdict]);
  }
  return `Bars\n${table.toString()}`;
}

function newTable(head: string[]): InstanceType<typeof Table> {
  return new Table({
    head,
    colAligns: head.map((_, column) => (column === 0 || column === head.length - 1 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function millis(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

function ratio(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}
