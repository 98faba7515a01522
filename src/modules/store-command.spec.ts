import { createHash } from 'node:crypto';
import { refusalOf } from '../../test/support/refusal.js';
import type { CommandContext, Idempotency } from '../writer/write-command.js';
import { commandData, StoreCommand } from './store-command.js';

interface RowInput {
  strokes: number;
}

class RowBoat extends StoreCommand<RowInput> {}

class SailBoat extends StoreCommand<RowInput> {}

/** Changes one stream, so a client may expect a version of it. */
class SteerBoat extends StoreCommand<RowInput> {
  override get stream(): string {
    return 'boat:1';
  }
}

/** Has an id that the service generates. */
class LaunchBoat extends StoreCommand<RowInput> {
  override generatedIds(): object {
    return { boatId: `b-${++launched}` };
  }
}

let launched = 0;

const context: CommandContext = { actor: 'api', idempotencyKey: 'k-1' };
const hashOf = (command: StoreCommand) => commandData(command).idempotency?.requestHash;

describe('the data of a command', () => {
  it('contains the input and the context', () => {
    const command = new RowBoat(
      'u-1',
      { strokes: 3 },
      { actor: 'api', commandId: 'c-1', correlationId: 'x-1' },
    );
    expect(commandData(command)).toEqual({
      name: 'RowBoat',
      userId: 'u-1',
      input: { strokes: 3 },
      commandId: 'c-1',
      correlationId: 'x-1',
      actor: 'api',
      idempotency: undefined,
    });
  });

  it('contains an expected version only if the command changes one stream and the client expects one', () => {
    const expecting = { ...context, expected: 4 };
    expect(commandData(new SteerBoat('u-1', { strokes: 3 }, expecting)).expected).toEqual([
      { streamId: 'boat:1', version: 4 },
    ]);
    expect(commandData(new SteerBoat('u-1', { strokes: 3 }, context)).expected).toBeUndefined();
  });
});

describe('a command that changes nothing that has a version', () => {
  it.each([
    [4, 'If-Match'],
    ['exists', 'If-Match'],
    ['none', 'If-None-Match'],
  ] as const)('is refused with an expected version (%s) instead of passing over it', (expected, header) => {
    const command = new RowBoat('u-1', { strokes: 3 }, { ...context, expected });
    expect(refusalOf(() => commandData(command)).errors).toMatchObject([{ path: header }]);
  });
});

/** What the receipt of a command of a batch is found by. */
function idempotencyAt(index: number, hash = 'h', formerHash?: string): Idempotency | undefined {
  const batch = { index, hash, formerHash };
  return commandData(new RowBoat('u-1', { strokes: 3 }, { ...context, batch })).idempotency;
}

describe('a command of a batch', () => {
  it('has the key of the batch, however long, and its own index', () => {
    const key = 'k'.repeat(255);
    const { idempotency } = commandData(
      new RowBoat(
        'u-1',
        { strokes: 3 },
        { ...context, idempotencyKey: key, batch: { index: 99, hash: 'h' } },
      ),
    );
    expect(idempotency).toMatchObject({ key, batchIndex: 99 });
    expect(commandData(new RowBoat('u-1', { strokes: 3 }, context)).idempotency).not.toHaveProperty(
      'batchIndex',
    );
  });

  it('has another fingerprint at another place and in another batch', () => {
    expect(idempotencyAt(1)?.requestHash).toEqual(idempotencyAt(1)?.requestHash);
    expect(idempotencyAt(2)?.requestHash).not.toEqual(idempotencyAt(1)?.requestHash);
    expect(idempotencyAt(1, 'other')?.requestHash).not.toEqual(idempotencyAt(1)?.requestHash);
  });

  it('names the receipt that an older release would have stored', () => {
    const text = JSON.stringify(['RowBoat', 'u-1', { strokes: 3 }, 'former']);
    expect(idempotencyAt(7, 'h', 'former')?.formerly).toEqual({
      key: 'k-1#7',
      requestHash: createHash('sha256').update(text).digest(),
    });
    expect(idempotencyAt(7)?.formerly).toBeUndefined();
  });
});

describe('a generated id', () => {
  const first = commandData(new LaunchBoat('u-1', { strokes: 3 }, context));
  const retry = commandData(new LaunchBoat('u-1', { strokes: 3 }, context));

  it('is added to the input of the decider', () => {
    expect(first.input).toEqual({ strokes: 3, boatId: 'b-1' });
    expect(retry.input).toEqual({ strokes: 3, boatId: 'b-2' });
  });

  it('is not part of the fingerprint, because a retry generates another one', () => {
    expect(retry.idempotency?.requestHash).toEqual(first.idempotency?.requestHash);
  });
});

describe('the fingerprint of a command', () => {
  it('does not depend on the order of the fields, the command id or the correlation id', () => {
    const one = new RowBoat('u-1', { strokes: 3, boat: { a: 1, b: 2 } } as RowInput, context);
    const again = new RowBoat('u-1', { boat: { b: 2, a: 1 }, strokes: 3 } as unknown as RowInput, {
      ...context,
      correlationId: 'x-9',
      commandId: 'c-9',
    });
    expect(hashOf(one)).toEqual(hashOf(again));
  });

  it.each<[string, StoreCommand]>([
    ['command', new SailBoat('u-1', { strokes: 3 }, context)],
    ['user', new RowBoat('u-2', { strokes: 3 }, context)],
    ['input', new RowBoat('u-1', { strokes: 4 }, context)],
    ['batch', new RowBoat('u-1', { strokes: 3 }, { ...context, batch: { index: 0, hash: 'batch-1' } })],
  ])('differs for another %s', (_, other) => {
    expect(hashOf(other)).not.toEqual(hashOf(new RowBoat('u-1', { strokes: 3 }, context)));
  });

  it('is absent without an idempotency key', () => {
    expect(hashOf(new RowBoat('u-1', { strokes: 3 }, { actor: 'api' }))).toBeUndefined();
  });
});
