import type { Command } from 'commander';
import { InvalidInput } from '../../../../errors.js';
import { archiveOf } from '../../../../operations/person/archive.js';
import { nameFiles, writePartial } from '../../../../operations/transfer/row-file.js';
import { readStore } from '../../../../store/open-store-reader.js';
import { ID_PATTERN, ID_RULE } from '../../../../validation/fields.js';
import { interruptible } from '../../interruptible.js';
import { EXIT, operatorCommand, type Operation } from '../../operator-command.js';
import { sizeText } from '../../texts.js';
import { existingAddress, serviceOf } from '../../where.js';

/** `edgesoul export-user` */
export function exportUserCommand(): Command {
  return operatorCommand(
    'export-user',
    'Writes everything that is held of a person to one ZIP archive: JSON and NDJSON, with a README. A service may run at the same time.',
    {
      on: ['store', 'service'],
      examples: [
        'npm run edgesoul -- export-user mira --out mira.zip',
        'npm run --silent edgesoul -- export-user mira --out mira.zip --url http://127.0.0.1:3000 --json',
      ],
      action: async (operation, command) => {
        const userId = command.args[0] as string;
        const { out } = command.opts<{ out: string }>();
        if (!ID_PATTERN.test(userId)) throw InvalidInput.field('userId', ID_RULE);
        const progress = operation.terminal.progress('Exporting', 'bytes');
        const { file, bytes } = await interruptible((signal) =>
          withArchive(operation, userId, async (archive) => {
            const chunks = counted(archive, (taken) => progress(taken, taken));
            const written = await writePartial(out, chunks, signal);
            await nameFiles([written]);
            return written;
          }),
        );
        operation.terminal.result({ userId, file, bytes }, [
          `Everything that is held of ${userId} is in ${file} (${sizeText(bytes)}).`,
        ]);
        return EXIT.done;
      },
    },
  )
    .argument('<userId>', 'the person')
    .requiredOption('--out <file>', 'the archive to write; it has its name only once it is complete');
}

/** Gives the archive to `write`, which takes all of it. */
async function withArchive<T>(
  operation: Operation,
  userId: string,
  write: (archive: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const service = serviceOf(operation);
  if (service) return write(await service.download(`/v1/users/${encodeURIComponent(userId)}/export`));
  const address = await existingAddress(operation.config);
  return readStore(address, (reader) => reader.snapshot(() => write(archiveOf(reader, userId, Date.now()))));
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  onBytes: (taken: number) => void,
): AsyncGenerator<Uint8Array, void> {
  let taken = 0;
  for await (const chunk of chunks) {
    yield chunk;
    taken += chunk.byteLength;
    onBytes(taken);
  }
}
