import { globSync } from 'node:fs';
import { COMMAND_NAMES, COMMANDS, loadDeciders } from './command-catalog.js';

const DECIDERS = await loadDeciders();
import { COMMAND_HANDLERS } from './command-handlers.js';
import { StoreCommand } from './store-command.js';

const files = globSync(`${import.meta.dirname}/*/commands/*.command.ts`);
const modules = await Promise.all(files.map((file) => import(file) as Promise<Record<string, unknown>>));
const declared = modules
  .flatMap((module) => Object.values(module))
  .filter((each) => typeof each === 'function' && each.prototype instanceof StoreCommand);

describe('the catalog of commands', () => {
  it('lists every declared command exactly once', () => {
    expect(declared.length).toBeGreaterThan(0);
    expect(COMMANDS).toHaveLength(declared.length);
    expect(new Set(COMMANDS.map(({ command }) => command))).toEqual(new Set(declared));
  });

  it('gives every command a name, a decider and a handler of its own', () => {
    expect(new Set(COMMAND_NAMES).size).toBe(COMMANDS.length);
    expect([...DECIDERS.keys()].toSorted()).toEqual(COMMAND_NAMES);
    expect(new Set(DECIDERS.values()).size).toBe(COMMANDS.length);
    expect(COMMAND_HANDLERS).toHaveLength(COMMANDS.length);
  });

  it.each([...COMMANDS])('takes each command from the file named after it: $command.name', ({ command }) => {
    const kebab = command.name.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
    expect(files.map((file) => file.split('/').at(-1))).toContain(`${kebab}.command.ts`);
  });
});
