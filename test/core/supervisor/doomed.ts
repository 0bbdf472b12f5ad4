// A gateway that will be killed: supervises a program that takes no notice of anything, and says its pid.
import { join } from 'node:path';
import type { Test } from 'tap';
import { supervise } from './supervise.ts';

const folder = process.argv[2]!;
const test = { teardown: () => {} } as unknown as Test;
const { one } = supervise(test, 'parent deaf serve', { folder: join(folder, 'stand-in') });
await one.start('it is wanted');
process.stdout.write(`${one.pid}\n`);
