import type { Test } from 'tap';

/**
 * The folder of a test, as `t.testdir` makes it, but cleared away after all that the test tears down: what is still
 * running writes into it. Tap does the two in the order in which the first of each was asked for.
 */
export function testFolder(t: Test, content?: Parameters<Test['testdir']>[0]): string {
  t.teardown(() => undefined);
  return t.testdir(content);
}
