import { COMMANDS } from '../../test/support/sent-commands.js';
import { withDecider } from './command-catalog.js';
import { commandNames } from './store-command.js';

const named = (name: string) => ({ name, userId: 'u-1', input: {}, actor: 'api' });

describe('the deciders', () => {
  it('are there for every command that a module declares', () => {
    expect(commandNames()).toEqual(COMMANDS.toSorted());
    for (const name of commandNames()) expect(() => withDecider(named(name))).not.toThrow();
  });

  it('say so when they know no such command', () => {
    expect(() => withDecider(named('toString'))).toThrow('No decider is known for the command toString.');
  });
});
