const RETRY_MS = 2_000;
let lost = false;

/** Notes that the service does not answer, and looks for it until it is back. */
export function lostConnection() {
  if (lost) return;
  lost = true;
  document.documentElement.classList.add('is-offline');
  setTimeout(lookAgain, RETRY_MS);
}

async function lookAgain() {
  try {
    await fetch('/health/live', { cache: 'no-store' });
  } catch {
    setTimeout(lookAgain, RETRY_MS);
    return;
  }
  lost = false;
  document.documentElement.classList.remove('is-offline');
  dispatchEvent(new Event('reconnected'));
}
