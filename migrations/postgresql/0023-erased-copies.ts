import { Migration } from '@mikro-orm/migrations';

/** Which files of the backup folder were rewritten without which erased users. */
export class ErasedCopies extends Migration {
  override up(): void {
    this.addSql(
      `create table erased_copies (
        erasure_id text collate "C" not null, file text collate "C" not null, previous_sha256 text collate "C" not null,
        sha256 text collate "C" not null, rewritten_at bigint not null, primary key (erasure_id, file)
      )`,
    );
  }
}
