/** Whether no reader can take a path for one above its base, however it is encoded. */
export function isPlainPath(path: string): boolean {
  try {
    return !decodeURIComponent(path).split(/[\\/]/).includes('..');
  } catch {
    return false;
  }
}
