import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { root } from '../gateway.ts';
import { ENTRIES, FOLDERS } from './sources.ts';

/** A second checkout, with the same packages, that lacks these folders; removed after the test. */
export function checkoutWithout(t: Test, ...lacking: string[]): string {
  const checkout = mkdtempSync(join(tmpdir(), 'switchyard-checkout-'));
  t.teardown(() => rmSync(checkout, { recursive: true, force: true }));
  for (const name of [...FOLDERS, ...ENTRIES, 'apis', 'package.json'])
    cpSync(join(root, name), join(checkout, name), {
      recursive: true,
      filter: (path) => !lacking.some((folder) => path === join(root, folder)),
    });
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  return checkout;
}
