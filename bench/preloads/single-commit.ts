// Loaded before the service's own main: the same writer, but every command has a commit of its own.
import type { WriterLimits } from '../../src/writer/event-writer.ts';

const built = new URL('../../dist/src/writer/event-writer.js', import.meta.url).href;
const { DEFAULT_LIMITS } = (await import(built)) as { DEFAULT_LIMITS: WriterLimits };
DEFAULT_LIMITS.batch = 1;
