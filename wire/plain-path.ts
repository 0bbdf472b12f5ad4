/** Whether a path stays below its base for any reader, however it is encoded. */
export function isPlainPath(path: string): boolean {
  try {
    return !decodeURIComponent(path).split(/[\\/]/).includes('..');
  } catch {
    return false;
  }
}
