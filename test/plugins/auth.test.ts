import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { root } from '../../gateway.ts';
import { startSwitchyard } from '../switchyard.ts';
import { openLab } from '../lab.ts';

const [CALLER, ADMIN] = ['caller-key-1', 'admin-key-1'];
const sending = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

/** Every request that docs/api.md tells of, names filled in. */
async function management(): Promise<(readonly [method: string, path: string])[]> {
  const text = await readFile(join(root, 'docs/api.md'), 'utf8');
  const told = [...text.matchAll(/`(GET|POST|PUT|PATCH|DELETE) (\/[^\s`?]*)/g)];
  const named = told.map(([, method, path]) => [method!, path!.replaceAll(/\{\w+\}/g, 'lab')] as const);
  // A caller sees its own usage and what its key may do, and anybody can sign in.
  return named.filter(([, path]) => !/^\/(health|usage|access|session|v1\/)/.test(path));
}

t.test("with admin keys, a caller's key opens the API and no management path", async (t) => {
  const { switchyard } = await openLab(t, { config: { server: { apiKeys: [CALLER], adminKeys: [ADMIN] } } });
  for (const key of [CALLER, ADMIN]) {
    t.equal((await switchyard.chat({}, sending(key))).status, 200);
    t.equal((await switchyard.ask('/v1/models', sending(key))).status, 200);
    t.equal((await switchyard.ask('/health', sending(key))).status, 200);
  }
  const paths = await management();
  t.ok(paths.length > 25);
  for (const [method, path] of paths) {
    const asked = { method: method as 'GET', body: {} };
    const what = `${method} ${path}`;
    t.match(
      (await switchyard.ask(path, { ...asked, ...sending(CALLER) })).json(),
      { error: { code: 'wrong_api_key', message: /not one of server\.adminKeys/ } },
      what,
    );
    t.match((await switchyard.ask(path, asked)).json(), { error: { code: 'missing_api_key' } }, what);
  }
  t.equal((await switchyard.ask('/metrics', sending(CALLER))).status, 401);
  t.equal((await switchyard.ask('/providers', sending(ADMIN))).status, 200);
  t.equal((await switchyard.ask('/nowhere', sending(CALLER))).status, 404);
});

t.test('admin keys alone leave the API open, and close the management paths', async (t) => {
  const { switchyard, asked } = await openLab(t, {
    provider: { apiKey: undefined },
    config: { server: { adminKeys: [ADMIN] } },
  });
  t.equal((await switchyard.chat()).status, 200);
  t.equal((await switchyard.chat({}, sending(ADMIN))).status, 200);
  t.notMatch(JSON.stringify(asked().map(({ rawHeaders }) => rawHeaders)), ADMIN, 'no upstream is told it');
  t.equal((await switchyard.ask('/config')).status, 401);
});

t.test('without admin keys, API keys open both', async (t) => {
  const switchyard = await startSwitchyard(t, { server: { apiKeys: [CALLER] } });
  t.equal((await switchyard.ask('/providers', sending(CALLER))).status, 200);
  t.equal((await switchyard.ask('/providers')).status, 401);
});
