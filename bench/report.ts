import type { Witnessed } from './bystanders.ts';
import type { Environment } from './environment.ts';
import type { CellSummary } from './rounds.ts';

/** The results of one run; a part that did not run is absent. */
export interface Report {
  environment: Environment;
  options: { rounds: number; seconds: number; quick: boolean };
  commands?: CellSummary[];
  reads?: CellSummary[];
  keys?: CellSummary[];
  openLoop?: CellSummary[];
  search?: SearchReport;
  past?: PastReport;
  bytes?: BytesReport;
  rebuild?: RebuildReport;
  isolation?: IsolationReport;
  reports?: ReportsReport;
  peers?: PeerRow[];
}

export interface SearchReport {
  memories: number;
  heavyUserMemories: number;
  ordinaryUserMemories: number;
  /** Memories per second while loading by POST /v1/commands. */
  loadedPerSecond: number;
  cells: CellSummary[];
}

/** Reads of one user at past positions, in ms per request on one connection. */
export interface PastReport {
  /** Events of the user. */
  events: number;
  rows: {
    path: string;
    /** The present read. */
    nowMs: number;
    /** At a position of which nothing is folded yet: median and longest. */
    firstMs: number;
    worstFirstMs: number;
    /** At the same position again. */
    againMs: number;
    /** At a position a few events later. */
    slideMs: number;
  }[];
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
  /** Events per second of the service's rebuild. */
  rebuiltPerSecond: number;
  /** Events per second of only reading the same rows and parsing their JSON. */
  readPerSecond: number;
  /** Events per second of a hand-written pass that folds in memory and inserts in bulk. */
  byHandPerSecond: number;
  /** `rebuiltPerSecond` : `readPerSecond`. */
  ratio: number;
  /** `rebuiltPerSecond` : `byHandPerSecond`. */
  ratioByHand: number;
  /** The largest growth of the service's memory during a rebuild, bytes. */
  grownBytes: number;
  /** A chat at `perSecond` commands per second: its p99 without and during rebuilds, ms, and their ratio. */
  chat: { perSecond: number; quietP99: number; besideP99: number; ratio: number; worstRatio: number };
}

export interface IsolationReport {
  /** Events in the store before the chat began. */
  events: number;
  /** The mix on 64 connections, p99 in ms. */
  alone: { perSecond: number; p99: number };
  beside: { perSecond: number; p99: number };
  /** Commands per second beside the others : alone. */
  throughputRatio: number;
  p99Ratio: number;
  /** What the others got done in the last round. */
  witnessed: Witnessed;
  /** Events per second of a replay over HTTP, and of one statement that iterates over the same rows. */
  replayPerSecond: number;
  iteratedPerSecond: number;
  replayRatio: number;
}

/** A year of daily emotions, in ms; CPU is that of a process that only computes it. */
export interface ReportsReport {
  events: number;
  /** Reading, decoding and counting the events. */
  foldingCpuMs: number;
  /** Computing the same from the blocks of facts. */
  blocksCpuMs: number;
  /** The whole answer of the service, at the head and at a position in the middle of the log. */
  overHttpMs: number;
  pastOverHttpMs: number;
  /** Folding : blocks, by time and by CPU. */
  ratio: number;
  ratioByCpu: number;
}

/** The result of one way of writing the mix's events without HTTP. */
export interface PeerRow {
  name: string;
  writers: number;
  eventsPerSecond: number;
  commandsPerSecond: number;
  /** CPU microseconds of the writing process per command. */
  cpuMicros: number;
  failed: number;
  durability: string;
  /** What a reader must know to compare the figures. */
  note?: string | undefined;
  /** The reason why there are no numbers. */
  missing?: string;
}
