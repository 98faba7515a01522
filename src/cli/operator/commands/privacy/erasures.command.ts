import { Command } from 'commander';
import { InvalidInput } from '../../../../errors.js';
import {
  certificateOf,
  certificatesOf,
  type ErasureCertificate,
} from '../../../../operations/erasure/certificate.js';
import { readStore } from '../../../../store/open-store-reader.js';
import { ID_PATTERN, ID_RULE } from '../../../../validation/fields.js';
import { EXIT, operatorCommand, type Operation } from '../../operator-command.js';
import { existingAddress, serviceOf } from '../../where.js';

/** Most erasures that are listed at once; the route gives the others page by page. */
const MOST_LISTED = 200;

/** `edgesoul erasures` */
export function erasuresCommand(): Command {
  return new Command('erasures')
    .description('Lists the erasures of people, and shows the certificate of one.')
    .addCommand(listCommand())
    .addCommand(showCommand());
}

function listCommand(): Command {
  return operatorCommand('list', `Lists the last ${MOST_LISTED} erasures, newest first.`, {
    on: ['store', 'backups', 'service'],
    examples: ['npm run edgesoul -- erasures list', 'npm run --silent edgesoul -- erasures list --json'],
    action: async (operation) => {
      const items = await listed(operation);
      operation.terminal.result({ items }, items.length === 0 ? ['Nobody was erased.'] : items.map(lineOf));
      return EXIT.done;
    },
  });
}

function showCommand(): Command {
  return operatorCommand(
    'show',
    'Shows the certificate of an erasure: what, when, by whom, and what became of it.',
    {
      on: ['store', 'backups', 'service'],
      examples: [
        'npm run edgesoul -- erasures show 01a22d52-8e6f-7e3a-b4c4-b094389e07ce',
        'npm run --silent edgesoul -- erasures show 01a22d52-8e6f-7e3a-b4c4-b094389e07ce --verify --json',
      ],
      action: async (operation, command) => {
        const erasureId = command.args[0] as string;
        const { verify = false } = command.opts<{ verify?: boolean }>();
        if (!ID_PATTERN.test(erasureId)) throw InvalidInput.field('erasureId', ID_RULE);
        const certificate = await shown(operation, erasureId, verify);
        operation.terminal.result(certificate, linesOf(certificate));
        return certificate.verification?.ok === false ? EXIT.differences : EXIT.done;
      },
    },
  )
    .argument('<erasureId>', 'the id that the erasure answered with')
    .option('--verify', 'verify now that nothing is left, and that the chain of hashes is whole there');
}

async function listed(operation: Operation): Promise<ErasureCertificate[]> {
  const service = serviceOf(operation);
  if (service)
    return (await service.get<{ items: ErasureCertificate[] }>(`/v1/erasures?limit=${MOST_LISTED}`)).items;
  const { config } = operation;
  const address = await existingAddress(config);
  return readStore(address, (reader) =>
    certificatesOf(reader, { limit: MOST_LISTED, folder: config.backupDir }),
  );
}

async function shown(operation: Operation, erasureId: string, verify: boolean): Promise<ErasureCertificate> {
  const service = serviceOf(operation);
  const path = `/v1/erasures/${encodeURIComponent(erasureId)}${verify ? '?verify=true' : ''}`;
  if (service) return service.get<ErasureCertificate>(path);
  const { config } = operation;
  const address = await existingAddress(config);
  return readStore(address, (reader) =>
    certificateOf(reader, { erasureId, folder: config.backupDir, verify }),
  );
}

function lineOf({ erasureId, userId, erasedAt, actor, state, events }: ErasureCertificate): string {
  return `${erasedAt}  ${erasureId}  ${userId}, by ${actor}: ${events} events, ${state}`;
}

function linesOf(certificate: ErasureCertificate): string[] {
  const { userId, position, erasedAt, actor, state, endedAt, events, removed, chain, reopened } = certificate;
  return [
    `${userId} was erased at position ${position}, ${erasedAt}, by ${actor}.`,
    state === 'erasing'
      ? 'It is not complete yet.'
      : `In the store it is complete${endedAt ? ` since ${endedAt}` : ''}.`,
    `Events to erase: ${events}.`,
    ...(removed ? removedLines(removed) : ['What was removed was not counted by that release.']),
    `The log before it ends at ${chain.before.position} with the hash ${chain.before.hash};`,
    `the event of the erasure has the hash ${chain.after.hash}.`,
    ...(reopened === null ? [] : [`The id is a new person's since position ${reopened}.`]),
    ...copiesLines(certificate),
    ...verificationLines(certificate),
  ];
}

function removedLines({ events, receipts, rows }: NonNullable<ErasureCertificate['removed']>): string[] {
  const tables = Object.entries(rows).map(([table, count]) => `${table} ${count}`);
  return [
    `Removed: the data of ${events} events, ${receipts} stored answers, rows: ${tables.join(', ') || 'none'}.`,
  ];
}

function copiesLines({ copies }: ErasureCertificate): string[] {
  // A service of an earlier release says nothing of them.
  if (copies === undefined) return [];
  if (copies === null) return ['There is no backup folder here, so nothing is certified of copies.'];
  const { rewritten, stillHolding, unknown } = copies;
  return [
    ...(rewritten.length > 0 ? ['Copies rewritten without the person:'] : []),
    ...rewritten.map(
      ({ file, previousSha256, sha256, rewrittenAt }) =>
        `  ${rewrittenAt}  ${file}: SHA-256 ${previousSha256} before, ${sha256} after`,
    ),
    ...(stillHolding.length > 0 ? ['Copies that may STILL have the person:'] : []),
    ...stillHolding.map(({ file, why }) => `  ${file}: ${why ?? 'about to be rewritten or removed'}`),
    ...(unknown === null ? [] : [`It CANNOT be told which copies have the person: ${unknown}`]),
    ...(stillHolding.length === 0 && unknown === null
      ? ['No file in the backup folder has the person.']
      : []),
  ];
}

function verificationLines({ verification }: ErasureCertificate): string[] {
  if (!verification) return [];
  const { ok, events, complete, problems, findings } = verification;
  if (ok) return [`Verified: nothing is left, and the hashes of ${events} events are right.`];
  if (problems === 0 && !complete)
    return [
      `The first ${events} events are right; the others were too many: run npm run edgesoul -- verify.`,
    ];
  return [`NOT as it should be (${problems}):`, ...findings.map((finding) => `  ${finding}`)];
}
