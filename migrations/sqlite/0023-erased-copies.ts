import { Migration } from '@mikro-orm/migrations';

/** Which files of the backup folder were rewritten without which erased users. */
export class ErasedCopies extends Migration {
  override up(): void {
    this.addSql(
      `create table erased_copies (
        erasure_id text not null, file text not null, previous_sha256 text not null,
        sha256 text not null, rewritten_at integer not null, primary key (erasure_id, file)
      ) without rowid`,
    );
  }
}
