import type { Command } from 'commander';
import type { Config } from '../../../../config.js';
import { InvalidInput } from '../../../../errors.js';
import { ACTORS } from '../../../../events/actors.js';
import { loadDeciders } from '../../../../modules/command-catalog.js';
import { EraseUser } from '../../../../modules/erasure/commands/erase-user.command.js';
import { commandData } from '../../../../modules/store-command.js';
import { syncLedger } from '../../../../operations/copies/logged-erasures.js';
import { Erasures } from '../../../../operations/erasure/erasures.js';
import { openStore } from '../../../../store/open-store.js';
import { ID_PATTERN, ID_RULE } from '../../../../validation/fields.js';
import { whyOf } from '../../../../why.js';
import type { ExitCode } from '../../exit-codes.js';
import { EXIT, operatorCommand, type Operation } from '../../operator-command.js';
import { rewriteByService, rewrittenLines, runRewriting, type Rewritten } from '../../rewriting.js';
import { existingAddress, serviceOf } from '../../where.js';

/** What the route answers. */
interface Erased {
  erasureId: string;
  position: number;
  /** Why the ledger could not be written. */
  ledgerError?: string;
}

/** What of a certificate says which copies were rewritten. */
interface Certified {
  copies: { rewritten: { file: string; previousSha256: string; sha256: string }[] } | null;
}

/** `edgesoul erase` */
export function eraseCommand(): Command {
  return operatorCommand(
    'erase',
    'Erases a person for good: what all events, rows, indexes and backups have of them. Positions and ids stay. A service ' +
      'rewrites the backups afterwards, or the next backup does; --copies does it at once, also for earlier erasures.',
    {
      on: ['store', 'backups', 'service'],
      examples: [
        'npm run edgesoul -- erase mira --confirm mira',
        'npm run edgesoul -- erase mira --confirm mira --copies',
        'npm run edgesoul -- erase --copies',
        'npm run --silent edgesoul -- erase mira --confirm mira --url http://127.0.0.1:3000 --json',
      ],
      action: async (operation, command) => {
        const { userId, copies } = orderOf(command);
        const erased = userId === undefined ? undefined : await erase(operation, userId);
        const rewritten = copies ? await copiesAfter(operation, erased) : undefined;
        operation.terminal.result({ ...(erased && { userId, ...erased }), ...rewritten }, [
          ...(userId !== undefined && erased ? [erasedText(userId, erased)] : []),
          ...(rewritten ? copiesLines(rewritten) : [COPIES_TEXT]),
        ]);
        return rewritten ? exitOf(rewritten) : EXIT.done;
      },
    },
  )
    .argument('[userId]', 'the person')
    .option('--confirm <userId>', 'the person once more, as an erasure cannot be undone')
    .option('--copies', 'rewrite the backups before the command ends');
}

interface Order {
  /** Undefined to rewrite only the backups. */
  userId: string | undefined;
  copies: boolean;
}

function orderOf(command: Command): Order {
  const [userId] = command.args;
  const { confirm, copies = false } = command.opts<{ confirm?: string; copies?: boolean }>();
  if (userId === undefined && !copies) throw InvalidInput.field('userId', 'is missing');
  if (userId === undefined) return { userId, copies };
  if (!ID_PATTERN.test(userId)) throw InvalidInput.field('userId', ID_RULE);
  if (confirm !== userId) throw InvalidInput.field('--confirm', `must be the userId, ${userId}`);
  return { userId, copies };
}

function erasedText(userId: string, { erasureId, position, ledgerError }: Erased): string {
  const text = `${userId} is erased; the event ${erasureId} at position ${position} says so.`;
  return ledgerError === undefined
    ? text
    : `${text} The ledger beside the backups could not be written, and the next backup writes it: ${ledgerError}`;
}

const COPIES_TEXT =
  'Backups made before are rewritten by the service, by the next backup or by --copies: "edgesoul backups" shows the rest.';

/** What became of the copies, or why it is not known. */
type Copies = Rewritten | { copiesError: string };

/** A failure does not undo the erasure: the answer has both, as nobody can ask for the erasure again. */
async function copiesAfter(operation: Operation, erased: Erased | undefined): Promise<Copies> {
  try {
    const rewritten = await rewriteCopies(operation);
    return erased ? await withThoseBefore(operation, erased, rewritten) : rewritten;
  } catch (error) {
    if (!erased) throw error;
    return { copiesError: whyOf(error) };
  }
}

/** A service rewrites by itself right after an erasure, and may have done so before it was asked to. */
async function withThoseBefore(
  operation: Operation,
  { erasureId }: Erased,
  rewritten: Rewritten,
): Promise<Rewritten> {
  // What was rewritten just now is known without it.
  const certificate = await serviceOf(operation)
    ?.get<Certified>(`/v1/erasures/${erasureId}`)
    .catch(() => undefined);
  const known = new Set(rewritten.rewritten.map(({ file }) => file));
  const before = (certificate?.copies?.rewritten ?? []).filter(({ file }) => !known.has(file));
  const all = [...before.map((copy) => ({ ...copy, erasureIds: [erasureId] })), ...rewritten.rewritten];
  return { ...rewritten, rewritten: all };
}

function copiesLines(copies: Copies): string[] {
  if (!('copiesError' in copies)) return rewrittenLines(copies);
  return [`The backups may still have the person: ${copies.copiesError}`, COPIES_TEXT];
}

function exitOf(copies: Copies): ExitCode {
  if ('copiesError' in copies) return EXIT.failed;
  return copies.unreached.length > 0 ? EXIT.differences : EXIT.done;
}

async function rewriteCopies(operation: Operation): Promise<Rewritten> {
  const { config, terminal } = operation;
  const service = serviceOf(operation);
  if (service) return rewriteByService(service, terminal);
  return runRewriting({ address: await existingAddress(config), folder: config.backupDir }, terminal);
}

async function erase(operation: Operation, userId: string): Promise<Erased> {
  const service = serviceOf(operation);
  const user = encodeURIComponent(userId);
  if (service) return service.delete<Erased>(`/v1/users/${user}?confirm=${user}`);
  await existingAddress(operation.config);
  return eraseIn(operation.config, userId);
}

/** Erases in a store on whose data folder no service runs. */
async function eraseIn(config: Config, userId: string): Promise<Erased> {
  const store = await openStore(config, loadDeciders);
  const erasures = new Erasures(store.address, config.backupDir);
  try {
    const counted = await erasures.count(userId);
    const command = new EraseUser(userId, { confirm: userId }, { actor: ACTORS.erase }).with(counted);
    const { body } = await store.writer.write(commandData(command));
    await erasures.finish();
    await erasures.vacuums.ended();
    const answer = JSON.parse(body) as Erased;
    // A folder that cannot be written does not undo the erasure.
    return await syncLedger(config.backupDir, store.address).then(
      () => answer,
      (error: unknown) => ({ ...answer, ledgerError: whyOf(error) }),
    );
  } finally {
    await erasures.close();
    await store.close();
  }
}
