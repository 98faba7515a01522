import { loadavg } from 'node:os';
import { verdicts } from './bars.ts';
import { measureBytes } from './cells/bytes.ts';
import { measureCommands } from './cells/commands.ts';
import { measureIsolation } from './cells/isolation.ts';
import { measureKeys } from './cells/keys.ts';
import { measureOpenLoop } from './cells/open-loop.ts';
import { measurePast } from './cells/past.ts';
import { measurePeers } from './cells/peers.ts';
import { measureReads } from './cells/reads.ts';
import { measureRebuild } from './cells/rebuild.ts';
import { measureReports } from './cells/reports.ts';
import { measureSearch } from './cells/search.ts';
import { describeMachine } from './environment.ts';
import { checkFsync } from './fsync-check.ts';
import { installBenchPackages } from './install.ts';
import { readOptions, type BenchOptions, type Part } from './options.ts';
import { progress } from './progress.ts';
import type { Report } from './report.ts';
import { Scratch } from './scratch.ts';
import { render } from './table.ts';

/** Measures the selected parts one after another; no two parts run at the same time. */
async function measure(options: BenchOptions, scratch: Scratch): Promise<Report> {
  const { rounds, seconds, quick } = options;
  const environment = describeMachine(scratch.folder('disk'));
  const report: Report = { environment, options: { rounds, seconds, quick } };
  const wants = new Set(options.only);
  progress('checking that the service syncs');
  environment.fsync =
    options.database === 'sqlite'
      ? await checkFsync(scratch, environment.diskSyncMs)
      : 'PostgreSQL with fsync and synchronous_commit on, beside the service on the same cores';
  await measureOverHttp(report, wants, options, scratch);
  if (wants.has('bytes')) report.bytes = await measureBytes(options, scratch);
  if (wants.has('rebuild')) report.rebuild = await measureRebuild(options, scratch);
  if (wants.has('isolation')) report.isolation = await measureIsolation(options, scratch);
  if (wants.has('reports')) report.reports = await measureReports(options, scratch);
  if (wants.has('peers')) report.peers = await measurePeers(options, scratch);
  environment.loadAfter = loadavg();
  return report;
}

/** The parts that use the service over HTTP. */
async function measureOverHttp(
  report: Report,
  wants: ReadonlySet<Part>,
  options: BenchOptions,
  scratch: Scratch,
): Promise<void> {
  if (wants.has('commands')) report.commands = await measureCommands(options, scratch);
  if (wants.has('reads')) report.reads = await measureReads(options, scratch);
  if (wants.has('keys')) report.keys = await measureKeys(options, scratch);
  if (wants.has('open-loop')) report.openLoop = await measureOpenLoop(options, scratch);
  if (wants.has('search')) report.search = await measureSearch(options, scratch);
  if (wants.has('past')) report.past = await measurePast(options, scratch);
}

async function measureAndStop(): Promise<Report> {
  try {
    return await measure(options, scratch);
  } finally {
    await scratch.stopServer();
  }
}

const options = readOptions(process.argv);
installBenchPackages();
const scratch = new Scratch(options.scratch);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.once('exit', () => scratch.remove());
await scratch.use(options.database);
const report = await measureAndStop();
const text = options.json
  ? JSON.stringify({ ...report, verdicts: verdicts(report) }, null, 2)
  : render(report);
process.stdout.write(`${text}\n`);
