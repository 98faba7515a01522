import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAMS = fileURLToPath(new URL('programs/', import.meta.url));

const running = new Set<ChildProcessWithoutNullStreams>();

// A test that fails half-way leaves none behind.
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** A process of its own that runs one of the programs over the service's sources. */
export class Program {
  private readonly said: string[] = [];
  private complaint = '';
  private readonly ended: Promise<unknown>;
  private heard: () => void = () => undefined;

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    running.add(child);
    this.ended = once(child, 'exit').finally(() => running.delete(child));
    createInterface(child.stdout).on('line', (line) => {
      this.said.push(line);
      this.heard();
    });
    child.stderr.on('data', (chunk: Buffer) => (this.complaint += chunk.toString()));
    void this.ended.then(() => this.heard());
  }

  /** Starts it, under another program such as strace if one is given. */
  static start(name: string, args: readonly string[], under: readonly string[] = []): Program {
    const node = [process.execPath, '--import', `${PROGRAMS}typescript.ts`, `${PROGRAMS}${name}.ts`, ...args];
    const [command = '', ...rest] = [...under, ...node];
    return new Program(spawn(command, rest, { stdio: ['pipe', 'pipe', 'pipe'] }));
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get lines(): readonly string[] {
    return this.said;
  }

  /** Resolves when so many lines were said; rejects with the complaint when the program ends before. */
  async says(count: number): Promise<void> {
    while (this.said.length < count) {
      if (this.child.exitCode !== null) throw new Error(`The program ended early: ${this.complaint}`);
      await new Promise<void>((resolve) => {
        this.heard = resolve;
      });
    }
  }

  /** Resolves when it has ended by itself; rejects with its complaint unless it ended well. */
  async finished(): Promise<void> {
    await this.ended;
    if (this.child.exitCode !== 0) throw new Error(`The program failed: ${this.complaint}`);
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
