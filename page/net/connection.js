const RETRY_MS = 2_000;
let looking = false;

/** After a failed request: looks until the service answers, and shows a line on top while it does not. */
export async function lostConnection() {
  if (looking) return;
  looking = true;
  const { classList } = document.documentElement;
  if (!(await answers())) classList.add('is-offline');
  do await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  while (!(await answers()));
  looking = false;
  classList.remove('is-offline');
  dispatchEvent(new Event('reconnected'));
}

async function answers() {
  try {
    await fetch('/health/live', { cache: 'no-store' });
    return true;
  } catch {
    return false;
  }
}
