export default async function teardown() {
  await globalThis.startedPostgresql.stop();
}
