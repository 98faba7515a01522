import type { CommandContext } from '../writer/write-command.js';
import { commandData, StoreCommand } from './store-command.js';

interface RowInput {
  strokes: number;
}

class RowBoat extends StoreCommand<RowInput> {}

class SailBoat extends StoreCommand<RowInput> {}

/** Changes one stream, of which a client may expect a version. */
class SteerBoat extends StoreCommand<RowInput> {
  override get stream(): string {
    return 'boat:1';
  }
}

/** Has an id that the service chooses. */
class LaunchBoat extends StoreCommand<RowInput> {
  override generatedIds(): object {
    return { boatId: `b-${++launched}` };
  }
}

let launched = 0;

const context: CommandContext = { actor: 'api', idempotencyKey: 'k-1' };
const hashOf = (command: StoreCommand) => commandData(command).idempotency?.requestHash;

describe('a command on its way to the writer', () => {
  it('carries what came with it', () => {
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

  it('expects a version only where it changes one stream and the client said so', () => {
    const expecting = { ...context, expected: 4 };
    expect(commandData(new SteerBoat('u-1', { strokes: 3 }, expecting)).expected).toEqual([
      { streamId: 'boat:1', version: 4 },
    ]);
    expect(commandData(new RowBoat('u-1', { strokes: 3 }, expecting)).expected).toBeUndefined();
    expect(commandData(new SteerBoat('u-1', { strokes: 3 }, context)).expected).toBeUndefined();
  });
});

describe('an id that the service chooses', () => {
  const first = commandData(new LaunchBoat('u-1', { strokes: 3 }, context));
  const retry = commandData(new LaunchBoat('u-1', { strokes: 3 }, context));

  it('goes to the decider with the input', () => {
    expect(first.input).toEqual({ strokes: 3, boatId: 'b-1' });
    expect(retry.input).toEqual({ strokes: 3, boatId: 'b-2' });
  });

  it('is not part of the fingerprint, because a retry chooses another', () => {
    expect(retry.idempotency?.requestHash).toEqual(first.idempotency?.requestHash);
  });
});

describe('the fingerprint of a command', () => {
  it('does not depend on the order of the fields, nor on who sends it when', () => {
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
  ])('is another one for another %s', (_, other) => {
    expect(hashOf(other)).not.toEqual(hashOf(new RowBoat('u-1', { strokes: 3 }, context)));
  });

  it('is not made where there is no key', () => {
    expect(hashOf(new RowBoat('u-1', { strokes: 3 }, { actor: 'api' }))).toBeUndefined();
  });
});
