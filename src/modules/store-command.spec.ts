import { IsInt, Min } from 'class-validator';
import { refusalOf } from '../../test/support/refusal.js';
import type { CommandContext } from '../writer/write-command.js';
import { commandData, commandNames, NamedCommand, namedCommand, StoreCommand } from './store-command.js';

class RowInput {
  @IsInt()
  @Min(1)
  strokes: number;
}

@NamedCommand(RowInput)
class RowBoat extends StoreCommand<RowInput> {}

@NamedCommand(RowInput)
class SailBoat extends StoreCommand<RowInput> {}

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
    const command = new RowBoat('u-1', { strokes: 3 }, { ...context, expected: 4 });
    expect(commandData(command, { stream: 'boat:1' }).expected).toEqual([{ streamId: 'boat:1', version: 4 }]);
    expect(commandData(command).expected).toBeUndefined();
    expect(
      commandData(new RowBoat('u-1', { strokes: 3 }, context), { stream: 'boat:1' }).expected,
    ).toBeUndefined();
  });
});

describe('what the service adds to the input', () => {
  const withIds = commandData(new RowBoat('u-1', { strokes: 3 }, context), { made: { turnId: 't-1' } });

  it('goes to the decider', () => {
    expect(withIds.input).toEqual({ strokes: 3, turnId: 't-1' });
  });

  it('is no part of the fingerprint: a retry makes other ids', () => {
    expect(withIds.idempotency?.requestHash).toEqual(hashOf(new RowBoat('u-1', { strokes: 3 }, context)));
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
    ['batch', new RowBoat('u-1', { strokes: 3 }, { ...context, partOf: 'batch-1' })],
  ])('is another one for another %s', (_, other) => {
    expect(hashOf(other)).not.toEqual(hashOf(new RowBoat('u-1', { strokes: 3 }, context)));
  });

  it('is not made where there is no key', () => {
    expect(hashOf(new RowBoat('u-1', { strokes: 3 }, { actor: 'api' }))).toBeUndefined();
  });
});

describe('a command by its name', () => {
  it('is made with its input checked', () => {
    const known = namedCommand('RowBoat');
    expect(known?.make('u-1', { strokes: 1 }, context)).toBeInstanceOf(RowBoat);
    expect(refusalOf(() => known?.validate({ strokes: 0 })).errors?.[0]?.path).toBe('strokes');
  });

  it('is one of those that were declared', () => {
    expect(commandNames()).toEqual(expect.arrayContaining(['RowBoat', 'SailBoat']));
    expect(namedCommand('toString')).toBeUndefined();
  });
});
