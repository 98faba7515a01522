import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAMS = fileURLToPath(new URL('programs/', import.meta.url));

const running = new Set<ChildProcessWithoutNullStreams>();

// A test that fails halfway leaves no process behind.
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** A process that runs one of programs/ on the service's sources. */
export class Program {
  private readonly output: string[] = [];
  private errors = '';
  private readonly ended: Promise<unknown>;
  private wake: () => void = () => undefined;

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    running.add(child);
    this.ended = once(child, 'exit').finally(() => running.delete(child));
    createInterface(child.stdout).on('line', (line) => {
      this.output.push(line);
      this.wake();
    });
    child.stderr.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    void this.ended.then(() => this.wake());
  }

  /** Starts the program, under another one such as strace if one is given. */
  static start(name: string, args: readonly string[], under: readonly string[] = []): Program {
    const node = [process.execPath, '--import', `${PROGRAMS}typescript.ts`, `${PROGRAMS}${name}.ts`, ...args];
    const [command = '', ...rest] = [...under, ...node];
    return new Program(spawn(command, rest, { stdio: ['pipe', 'pipe', 'pipe'] }));
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get lines(): readonly string[] {
    return this.output;
  }

  /** Resolves once it has written `count` lines; rejects with its standard error when it ends before that. */
  async waitForLines(count: number): Promise<void> {
    while (this.output.length < count) {
      if (this.child.exitCode !== null) throw new Error(`The program ended early: ${this.errors}`);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** Resolves when it has ended by itself; rejects with its standard error unless the exit code is 0. */
  async finished(): Promise<void> {
    await this.ended;
    if (this.child.exitCode !== 0) throw new Error(`The program failed: ${this.errors}`);
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
