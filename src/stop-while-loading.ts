import { STOP_SIGNALS } from './stop-on-signals.js';

/** Ends the process with 0: nothing is open yet. */
const end = (): never => process.exit(0);

for (const signal of STOP_SIGNALS) process.on(signal, end);

/** The program is loaded, and stops in its own way from now on. */
export function loaded(): void {
  for (const signal of STOP_SIGNALS) process.off(signal, end);
}
