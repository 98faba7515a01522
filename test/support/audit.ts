import type { StoredEvent } from './answers.js';
import { keyOf, type SentCommand } from './load.js';

/** The faults of a log, given the commands sent and acknowledged; all lists are empty when it is sound. */
export interface Faults {
  positionGaps: number[];
  versionGaps: string[];
  /** Acknowledged, but not in the log at the acknowledged position. */
  lost: string[];
  duplicated: string[];
  /** Commands that are only partly in the log, or whose events are not adjacent. */
  incomplete: string[];
  /** In the log, but never sent. */
  unknown: string[];
}

export const NO_FAULTS: Faults = {
  positionGaps: [],
  versionGaps: [],
  lost: [],
  duplicated: [],
  incomplete: [],
  unknown: [],
};

/** Audits a log from any position, against the commands sent since then. */
export function audit(log: StoredEvent[], sent: readonly SentCommand[]): Faults {
  const first = log[0]?.position ?? 1;
  const stored = new Map<string, StoredEvent[]>();
  for (const event of log) {
    const key = keyOf(event);
    if (key !== undefined) stored.set(key, [...(stored.get(key) ?? []), event]);
  }
  const known = new Set(sent.map(({ key }) => key));
  return {
    positionGaps: log
      .filter(({ position }, index) => position !== first + index)
      .map(({ position }) => position),
    versionGaps: versionGaps(log),
    lost: sent.filter((command) => isLost(command, log, stored.get(command.key))).map(({ key }) => key),
    duplicated: [...stored].filter(([, events]) => events.length > 1).map(([key]) => key),
    incomplete: tornCommands(log),
    unknown: [...stored.keys()].filter((key) => !known.has(key)),
  };
}

/** The keys of the commands in the log. */
export function storedKeys(log: StoredEvent[]): Set<string> {
  return new Set(log.map(keyOf).filter((key) => key !== undefined));
}

function isLost({ acknowledged }: SentCommand, log: StoredEvent[], events: StoredEvent[] = []): boolean {
  if (!acknowledged) return false;
  return (
    log[acknowledged.position - (log[0]?.position ?? 1)]?.commandId !== (events[0]?.commandId ?? 'nothing')
  );
}

function versionGaps(log: StoredEvent[]): string[] {
  const versions = new Map<string, number>();
  const gaps: string[] = [];
  for (const { userId, streamId, version } of log) {
    const stream = `${userId} ${streamId}`;
    if (version !== (versions.get(stream) ?? 0) + 1) gaps.push(`${stream} ${version}`);
    versions.set(stream, version);
  }
  return gaps;
}

function tornCommands(log: StoredEvent[]): string[] {
  return [...Map.groupBy(log, ({ commandId }) => commandId)]
    .filter(([, events]) => !isWhole(events))
    .map(([commandId]) => commandId);
}

function isWhole(events: StoredEvent[]): boolean {
  const first = events[0]?.position ?? 0;
  if (events.some(({ position }, index) => position !== first + index)) return false;
  if (events.filter((event) => keyOf(event) !== undefined).length !== 1) return false;
  const turn = events.find(({ type }) => type === 'turn.recorded');
  if (!turn) return true;
  return events.some(({ type, data }) => type === 'emotion.observed' && data.turnId === turn.data.turnId);
}
