/** Says on stderr what is going on; stdout is for the report alone. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
