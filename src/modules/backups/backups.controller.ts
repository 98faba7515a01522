import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../http/access/scoped.js';
import { MayRefuse } from '../../http/declared-answers.js';
import { valid } from '../../http/valid.pipe.js';
import { Backups } from '../../operations/backup/backups.js';
import type { Manifest } from '../../operations/backup/manifest.js';
import { holdingCopies } from '../../operations/copies/holding-copies.js';
import type { Job } from '../../operations/jobs.js';
import { BackupAnswer, BackupBegun, BackupListAnswer, BackupPath } from './backups.dto.js';

@ApiTags('operations')
@Scoped(['operator'])
@Controller('v1/ops/backups')
export class BackupsController {
  constructor(private readonly backups: Backups) {}

  /** Starts a full backup; the service keeps running. */
  @Post()
  @HttpCode(202)
  @MayRefuse(409)
  @ApiAcceptedResponse({ type: BackupBegun })
  begin(): BackupBegun {
    return { backupId: this.backups.backUp().id };
  }

  /** Lists the backups in the backup folder, and the running, failed or cancelled ones of this process. */
  @Get()
  @ApiOkResponse({ type: BackupListAnswer })
  async list(): Promise<BackupListAnswer> {
    const { folder, address } = this.backups.settings;
    const [items, status, holding] = await Promise.all([
      this.backups.list(),
      this.backups.state.status(),
      holdingCopies(folder, address),
    ]);
    const { lastBackup: _listed, ...state } = status;
    return { items: items.map(backupAnswer), ...state, ...holding };
  }

  /** Returns one backup. */
  @Get(':backupId')
  @ApiOkResponse({ type: BackupAnswer })
  async get(@Param(valid(BackupPath)) { backupId }: BackupPath): Promise<BackupAnswer> {
    return backupAnswer(await this.backups.get(backupId));
  }

  /** Cancels a running backup and removes its files. A finished backup stays as it is. */
  @Delete(':backupId')
  @ApiOkResponse({ type: BackupAnswer })
  async cancel(@Param(valid(BackupPath)) { backupId }: BackupPath): Promise<BackupAnswer> {
    return backupAnswer(await this.backups.cancel(backupId));
  }
}

function backupAnswer(backup: Job<Manifest> | Manifest): BackupAnswer {
  if (!('state' in backup)) {
    return {
      ...manifestFields(backup),
      state: 'done',
      done: backup.rawBytes,
      total: backup.rawBytes,
      error: null,
    };
  }
  const { id: backupId, state, startedAt, result, error, done, total } = backup;
  return {
    ...(result ? manifestFields(result) : { ...NO_MANIFEST, createdAt: new Date(startedAt).toISOString() }),
    backupId,
    state,
    done,
    total,
    error: error ? { code: error.code, message: error.message } : null,
  };
}

const NO_MANIFEST = {
  storeId: null,
  file: null,
  bytes: null,
  sha256: null,
  position: null,
  events: null,
  verified: false,
};

function manifestFields({
  backupId,
  storeId,
  file,
  bytes,
  sha256,
  position,
  events,
  createdAt,
  verified,
}: Manifest) {
  return { backupId, storeId: storeId ?? null, file, bytes, sha256, position, events, createdAt, verified };
}
