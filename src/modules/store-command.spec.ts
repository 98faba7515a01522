import type { CommandContext } from '../writer/write-command.js';
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
    expect(commandData(new RowBoat('u-1', { strokes: 3 }, expecting)).expected).toBeUndefined();
    expect(commandData(new SteerBoat('u-1', { strokes: 3 }, context)).expected).toBeUndefined();
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
    ['batch', new RowBoat('u-1', { strokes: 3 }, { ...context, batchHash: 'batch-1' })],
  ])('differs for another %s', (_, other) => {
    expect(hashOf(other)).not.toEqual(hashOf(new RowBoat('u-1', { strokes: 3 }, context)));
  });

  it('is absent without an idempotency key', () => {
    expect(hashOf(new RowBoat('u-1', { strokes: 3 }, { actor: 'api' }))).toBeUndefined();
  });
});
