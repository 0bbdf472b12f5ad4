// A plugin of the operator's own may give its routes schemas: the first one loads what compiles them.
import { join } from 'node:path';
import t from 'tap';
import { startCommand } from '../command.ts';
import { testFolder } from '../test-folder.ts';

const PLUGIN = `export default {
  name: 'sums',
  options: { type: 'object', properties: {} },
  create(_options, { app }) {
    const querystring = { type: 'object', required: ['a'], properties: { a: { type: 'integer' } } };
    const response = { 200: { type: 'object', properties: { sum: { type: 'integer' } } } };
    app.get('/sums', { schema: { querystring, response } }, ({ query: { a } }) => ({ sum: a + 1, secret: 'x' }));
  },
};`;

t.test('a route with a schema is checked and written by it', async (t) => {
  const folder = testFolder(t, { 'sums.mjs': PLUGIN });
  const { url } = startCommand(t, {
    config: { discover: false, server: { port: 0 }, plugins: [join(folder, 'sums.mjs')] },
  });
  const base = await url;
  const answer = await fetch(`${base}/sums?a=1`);
  t.equal(answer.status, 200);
  t.same(await answer.json(), { sum: 2 });
  t.equal((await fetch(`${base}/sums?a=x`)).status, 400);
});
