import type { Environment } from './environment.ts';
import type { CellSummary } from './rounds.ts';

/** Everything one run measured; a part that did not run is left out. */
export interface Report {
  environment: Environment;
  options: { rounds: number; seconds: number; quick: boolean };
  commands?: CellSummary[];
  reads?: CellSummary[];
  openLoop?: CellSummary[];
  search?: SearchReport;
  bytes?: BytesReport;
  rebuild?: RebuildReport;
  peers?: PeerRow[];
}

export interface SearchReport {
  memories: number;
  heavyUserMemories: number;
  ordinaryUserMemories: number;
  /** Memories a second while loading through POST /v1/commands. */
  loadedPerSecond: number;
  cells: CellSummary[];
}

export interface BytesReport {
  users: number;
  turnsPerUserWeek: number;
  memoriesPerUserWeek: number;
  events: number;
  /** The database file after the service has stopped, which checkpoints the write-ahead log. */
  fileBytes: number;
  bytesPerEvent: number;
  bytesPerUserWeek: number;
  /** The largest tables and indexes. */
  largest: { name: string; bytes: number }[];
}

export interface RebuildReport {
  events: number;
  /** What the service says of its rebuild. */
  rebuiltPerSecond: number;
  /** Only reading the same rows and parsing their JSON. */
  readPerSecond: number;
  /** One pass by hand that folds them in memory and inserts the rows in bulk. */
  byHandPerSecond: number;
  /** To reading. */
  ratio: number;
  /** To the same by hand. */
  ratioByHand: number;
  /** By how much the service's memory grew at most while it rebuilt. */
  grownBytes: number;
  /** Milliseconds of a chat of so many commands a second, quiet and beside rebuilds. */
  chat: { perSecond: number; quietP99: number; besideP99: number; ratio: number; worstRatio: number };
}

/** One way of writing the mix's events without HTTP. */
export interface PeerRow {
  name: string;
  writers: number;
  eventsPerSecond: number;
  commandsPerSecond: number;
  /** CPU microseconds of the writing process for one command. */
  cpuMicros: number;
  failed: number;
  durability: string;
  /** What else must be known to compare. */
  note?: string | undefined;
  /** Why there are no numbers. */
  missing?: string;
}
