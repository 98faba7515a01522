import { median } from 'simple-statistics';
import { runTask } from '../child.ts';
import { peerInstalled } from '../install.ts';
import type { BenchOptions } from '../options.ts';
import type { PeerResult, PeerTask } from '../peers/peer.ts';
import { progress } from '../progress.ts';
import type { PeerRow } from '../report.ts';
import type { Scratch } from '../scratch.ts';

type Peer = { name: string; file: string } & Omit<PeerTask, 'folder' | 'seconds'>;

/** The names by which the verdicts find the rows. */
export const PEER = {
  writer: 'this service, EventWriter in process',
  limit: 'hand-written SQL, log only, 64 a commit',
  limitProjected: 'hand-written SQL, four projections, 64 a commit',
  naive: 'naive MikroORM, a unit of work and a commit a command',
  emmettProjected: 'emmett-sqlite, one shared connection, four projections',
} as const;

const PEERS: readonly Peer[] = [
  { name: PEER.limit, file: 'hand-written.ts', writers: 64, projections: false },
  { name: PEER.limitProjected, file: 'hand-written.ts', writers: 64, projections: true },
  { name: PEER.writer, file: 'event-writer.ts', writers: 64, projections: true },
  { name: PEER.naive, file: 'naive-orm.ts', writers: 1, projections: true },
  { name: 'emmett-sqlite, its defaults, log only', file: 'emmett.ts', writers: 1, projections: false },
  { name: 'emmett-sqlite, its defaults, log only', file: 'emmett.ts', writers: 32, projections: false },
  ...[1, 32].map((writers) => ({
    name: 'emmett-sqlite, one shared connection, log only',
    file: 'emmett.ts',
    writers,
    projections: false,
    sharedConnection: true,
  })),
  { name: PEER.emmettProjected, file: 'emmett.ts', writers: 32, projections: true, sharedConnection: true },
];

/**
 * Writes the mix's events without HTTP: by this service's writer, by hand-written SQL and by other stores.
 */
export async function measurePeers(options: BenchOptions, scratch: Scratch): Promise<PeerRow[]> {
  const results = new Map<Peer, PeerResult[]>(PEERS.map((peer) => [peer, []]));
  const failures = new Map<Peer, string>();
  for (let round = 0; round < options.rounds; round++) {
    for (const peer of PEERS) {
      if (failures.has(peer)) continue;
      progress(`peers: round ${round + 1} of ${options.rounds}, ${peer.name}, ${peer.writers}`);
      try {
        if (peer.file === 'emmett.ts' && !peerInstalled()) throw new Error('could not be installed here');
        results.get(peer)!.push(await runPeer(peer, options.seconds, scratch));
      } catch (error) {
        failures.set(peer, error instanceof Error ? error.message : String(error));
      }
    }
  }
  return PEERS.map((peer) => summarize(peer, results.get(peer)!, failures.get(peer)));
}

function runPeer({ file, ...task }: Peer, seconds: number, scratch: Scratch): Promise<PeerResult> {
  return runTask<PeerResult>(`peers/${file}`, {
    ...task,
    seconds,
    folder: scratch.folder('peer'),
  } satisfies PeerTask);
}

function summarize(
  { name, writers }: Peer,
  results: readonly PeerResult[],
  failure: string | undefined,
): PeerRow {
  if (results.length === 0) {
    const missing = failure ?? 'did not run';
    return {
      name,
      writers,
      eventsPerSecond: 0,
      commandsPerSecond: 0,
      cpuMicros: 0,
      failed: 0,
      durability: '',
      missing,
    };
  }
  return {
    name,
    writers,
    eventsPerSecond: median(results.map(({ events, seconds }) => events / seconds)),
    commandsPerSecond: median(results.map(({ commands, seconds }) => commands / seconds)),
    cpuMicros: median(results.map(({ cpuMicros }) => cpuMicros)),
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
    durability: results.at(-1)!.durability,
    note: results.at(-1)!.note,
  };
}
