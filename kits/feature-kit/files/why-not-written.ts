const FULL: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT']);

/** Why a file could not be written, with the remedy. The text follows "Nothing was saved: ". */
export function whyNotWritten(file: string, error: Error, otherwise: string): string {
  const { code } = error as NodeJS.ErrnoException;
  if (FULL.has(code))
    return `the disk that ${file} is on is full${code === 'EDQUOT' ? " for the gateway's user" : ''}; make room there`;
  return `${file} cannot be written (${error.message}). ${otherwise}`;
}
