import '../../private-files.js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { whyOf } from '../../why.js';
import { startService } from '../service-process.js';
import { DemoClient } from './demo-client.js';
import { renderReport } from './report/report.js';
import { bytesIn, demonstrate, type DemoResult, type Summary } from './report/summary.js';
import { bundledScript } from './scripts/bundled-script.js';
import { DemoError, type Script } from './scripts/demo-script.js';
import { readScript } from './scripts/script-file.js';

interface Options {
  json?: boolean;
  keep?: boolean;
  port: number;
}

const program = new Command('demo')
  .description(
    'Starts a service on a scratch folder, plays a conversation and shows what the store remembers.',
  )
  .argument(
    '[file]',
    'a JSONL file of conversations or of labelled dialogues; without one, the bundled story',
  )
  .option('--json', 'print a machine-readable summary instead of the report')
  .option('--keep', 'keep the scratch folder with the database')
  .option('--port <port>', 'the port of the service; 0 takes a free one', parsePort, 0)
  .addHelpText(
    'after',
    `
Examples:
  $ npm run demo
  $ npm run demo -- --keep --port 3100
  $ npm run demo -- conversations.jsonl
  $ npm run --silent demo -- --json conversations.jsonl > summary.json

Exit codes: 0 done, 1 the service failed, 2 wrong arguments or a bad file, 130 interrupted.`,
  )
  .configureOutput({ outputError: (message, write) => write(message) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
}

async function main(): Promise<void> {
  program.parse();
  const options = program.opts<Options>();
  const [file] = program.args;
  const script = file === undefined ? bundledScript() : await readScript(file);
  const scratch = await mkdtemp(join(tmpdir(), 'edgesoul-demo-'));
  try {
    const demonstrated = await withService(script, scratch, options.port);
    const summary: Summary = { ...demonstrated, bytes: await bytesIn(join(scratch, 'data')) };
    console.log(options.json ? JSON.stringify(summary, null, 2) : renderReport(summary, script));
  } finally {
    if (options.keep) console.error(`The database is kept in ${scratch}`);
    else await rm(scratch, { recursive: true, force: true });
  }
}

async function withService(script: Script, scratch: string, port: number): Promise<DemoResult> {
  const starting = startService({
    DATA_DIR: join(scratch, 'data'),
    BACKUP_DIR: join(scratch, 'backups'),
    LOG_LEVEL: 'info',
    PORT: String(port),
  }).catch((error: unknown) => {
    throw DemoError.service(whyOf(error));
  });
  try {
    const run = starting.then(({ url }) => demonstrate(script, new DemoClient(url)));
    return await Promise.race([run, interruption()]);
  } finally {
    const service = await starting.catch(() => undefined);
    await service?.stop();
  }
}

/** Rejects at the first Ctrl-C or SIGTERM; the second one ends the process at once. */
function interruption(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => reject(DemoError.interrupted()));
    }
  });
}

try {
  await main();
  process.exitCode = 0;
} catch (error) {
  console.error(error instanceof DemoError ? `demo: ${error.message}` : error);
  process.exitCode = error instanceof DemoError ? error.exitCode : 1;
}
