/** Interval between two looks at the parent process, ms. */
const CHECK_EVERY_MS = 500;

/**
 * Ends this process as SIGTERM does when its parent is gone. npm passes SIGINT and SIGTERM on, but a SIGHUP
 * or SIGKILL ends npm alone, and the service would live on without anybody knowing.
 */
export function stopWithParent(): void {
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    process.kill(process.pid, 'SIGTERM');
  }, CHECK_EVERY_MS).unref();
}
