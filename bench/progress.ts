/** Prints progress on stderr; stdout is for the report only. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
