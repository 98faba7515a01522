import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { median } from 'simple-statistics';

/** The machine and its load, without which the numbers cannot be interpreted. */
export interface Environment {
  date: string;
  node: string;
  platform: string;
  cpu: string;
  cores: number;
  memoryGb: number;
  /** Load averages over one, five and fifteen minutes when the run began. */
  loadBefore: readonly number[];
  /** The same when the run ended, so they include the run itself. */
  loadAfter?: readonly number[];
  filesystem: string;
  /** Median time of writing 4 KiB and waiting for the disk, ms. */
  diskSyncMs: number;
  /** The result of the check that the service syncs. */
  fsync: string;
}

const FILESYSTEMS: Record<number, string> = {
  0xef53: 'ext4',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x01021994: 'tmpfs (fsync costs nothing here)',
  0x794c7630: 'overlayfs',
  0x2fc12fc1: 'zfs',
};

/** Describes the machine, and the disk that holds the scratch folder. */
export function describeMachine(folder: string): Environment {
  const type = statfsSync(folder).type;
  return {
    date: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    loadBefore: loadavg(),
    filesystem: FILESYSTEMS[type] ?? `type 0x${type.toString(16)}`,
    diskSyncMs: timeDiskSync(folder),
    fsync: 'not checked',
  };
}

function timeDiskSync(folder: string): number {
  const file = join(folder, 'sync-probe');
  const page = Buffer.alloc(4096, 1);
  const descriptor = openSync(file, 'w');
  const times = Array.from({ length: 60 }, () => {
    const start = performance.now();
    writeSync(descriptor, page);
    fdatasyncSync(descriptor);
    return performance.now() - start;
  });
  closeSync(descriptor);
  rmSync(file);
  return median(times);
}
