/** Whether a name is one of these, in which `*` stands for any text. It takes no longer than their lengths multiplied. */
export function matchesAny(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => matches(pattern, name));
}

function matches(pattern: string, name: string): boolean {
  let [at, from] = [0, 0];
  /** the last `*`, and where the text after it was tried last */
  let [star, tried] = [-1, 0];
  while (from < name.length) {
    if (pattern[at] === '*') {
      star = at++;
      tried = from;
    } else if (at < pattern.length && pattern[at] === name[from]) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++tried;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
