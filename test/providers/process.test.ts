import { join } from 'node:path';
import t from 'tap';
import { startSwitchyardFrom } from '../switchyard.ts';

const PROGRAM = `
import { createServer } from 'node:http';
createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  const message = { role: 'assistant', content: process.cwd() };
  response.end(JSON.stringify(request.url === '/v1/models'
    ? { object: 'list', data: [{ id: 'm' }] }
    : { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] }));
}).listen(process.env.PORT, '127.0.0.1');
`;

t.test('a program runs in the folder of the config that names it, unless cwd names another', async (t) => {
  const entry = (more: string) =>
    `{ use: process, command: [node, server.mjs], env: { PORT: "{port}" }, probe: { every: 50 }${more} }`;
  const folder = t.testdir({
    'switchyard.yaml': `
providers:
  here: ${entry(', models: { here: m }')}
  below: ${entry(', models: { below: m }, cwd: ./below')}
`,
    'server.mjs': PROGRAM,
    below: { 'server.mjs': PROGRAM },
  });
  const { chat } = await startSwitchyardFrom(t, folder);
  for (const [model, cwd] of [
    ['here', folder],
    ['below', join(folder, 'below')],
  ] as const) {
    const answer = await chat({ model });
    t.equal(answer.status, 200, answer.text);
    t.equal(answer.json().choices[0].message.content, cwd);
  }
});
