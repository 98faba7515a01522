/** The exit codes of every command; scripts rely on them. */
export const EXIT = { done: 0, failed: 1, usage: 2, differences: 3 } as const;
/** The exit code of a command. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
