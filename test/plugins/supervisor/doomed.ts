// A gateway that will be killed: supervises a stand-in that does what it is told, and says its pid.
import { join } from 'node:path';
import type { Test } from 'tap';
import { supervise } from './supervise.ts';

const [folder = '', does = ''] = process.argv.slice(2);
const test = { teardown: () => {} } as unknown as Test;
const { one } = supervise(test, does, { folder: join(folder, 'stand-in') });
await one.start('it is wanted');
process.stdout.write(`${one.pid}\n`);
