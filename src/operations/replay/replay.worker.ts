import { Console } from 'node:console';
import module from 'node:module';
import { lowerPriority } from '../../low-priority.js';
import { toResult, type ThreadResult } from '../../thread-result.js';
import { reportTo, type Task } from '../thread-task.js';
import { runFold, type FoldReplay, type FoldReport } from './run-fold.js';

// The thread in which the code of a fold file runs.
lowerPriority();
// Only rows go to stdout.
globalThis.console = new Console(process.stderr, process.stderr);
// Fold files anywhere may import the package by its name.
const PACKAGE = 'edgesoul-store/replay';
const PACKAGE_URL = new URL('./define-fold.js', import.meta.url).href;
module.registerHooks({
  resolve: (specifier, context, next) =>
    specifier === PACKAGE ? { url: PACKAGE_URL, shortCircuit: true } : next(specifier, context),
});

export default function replay({ input, port }: Task<FoldReplay>): Promise<ThreadResult<FoldReport>> {
  return toResult(() => runFold(input, reportTo(port)));
}
