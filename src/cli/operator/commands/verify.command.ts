import type { Command } from 'commander';
import { anchorsOf } from '../../../operations/backup/anchors.js';
import { runVerification } from '../../../operations/verify/verifications.js';
import type { VerifyReport } from '../../../operations/verify/verify-store.js';
import { interruptible } from '../interruptible.js';
import { EXIT, operatorCommand, type Operation } from '../operator-command.js';
import type { FollowedJob } from '../service.js';
import { existingAddress, serviceOf } from '../where.js';

/** The report of a verification, run by a service or by this process. */
type Report = Omit<VerifyReport, 'skipped'> & {
  skipped: { projection: string; eventId: string }[];
};

/** `edgesoul verify` */
export function verifyCommand(): Command {
  return operatorCommand(
    'verify',
    'Proves that nothing is missing or changed: log, hashes, streams, indexes, and every projection folded again.',
    {
      on: ['store', 'backups', 'service'],
      examples: ['npm run edgesoul -- verify', 'npm run --silent edgesoul -- verify --json > report.json'],
      action: async (operation) => {
        const report = await runVerify(operation);
        operation.terminal.result(report, reportLines(report));
        return report.ok ? EXIT.done : EXIT.differences;
      },
    },
  );
}

async function runVerify(operation: Operation): Promise<Report> {
  const { terminal, config } = operation;
  const progress = terminal.progress('Verifying', 'events');
  const service = serviceOf(operation);
  if (!service) {
    const address = await existingAddress(config);
    const { backupDir: folder } = config;
    const anchors = await anchorsOf(folder, address);
    return interruptible(
      (signal) => runVerification({ address, folder, anchors }, { progress, signal }),
      'Interrupted; nothing was changed.',
    );
  }
  return service.run<Report & FollowedJob>({ kind: 'verification', path: '/v1/ops/verifications' }, progress);
}

function reportLines({ ok, events, position, chainHead, findings, projections, skipped }: Report): string[] {
  const head = [`${events} events up to position ${position}; the log's last hash is ${chainHead}.`];
  const rows = projections.map(
    ({ name, rows: count, digestLive, differences }) =>
      `  ${name.padEnd(20)} ${String(count).padStart(9)} rows  ${digestLive.slice(0, 16)}…  ${differences === 0 ? 'as folded' : `${differences} DIFFER`}`,
  );
  const differenceLines = projections.flatMap(({ name, firstDifferences }) =>
    firstDifferences.map(
      ({ table, key, live, folded }) =>
        `  ${name}, ${table} ${JSON.stringify(key)}:\n    live   ${JSON.stringify(live ?? null)}\n    folded ${JSON.stringify(folded ?? null)}`,
    ),
  );
  const findingLines = findings.map(
    ({ check, position: at, what }) => `  ${check}${at ? ` at position ${at}` : ''}: ${what}`,
  );
  const skipLines = skipped.map(
    ({ projection, eventId }) => `  ${projection} skips event ${eventId}, as an operator decided`,
  );
  const verdict = ok ? 'Nothing is missing or changed.' : 'There are differences.';
  return [...head, ...rows, ...findingLines, ...differenceLines, ...skipLines, verdict];
}
