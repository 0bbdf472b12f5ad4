/** A program that answers each path, and writes which was asked for. */
const SERVE = `
const { createServer } = require('node:http');
createServer((request, answer) => {
  console.log('asked for ' + request.url);
  answer.end('{"data":[]}');
}).listen(process.env.PORT, '127.0.0.1', () => console.log('it serves'));
`;

/** A provider of that, started by hand. */
export const program = (options: Record<string, unknown> = {}): Record<string, unknown> => ({
  use: 'process',
  command: [process.execPath, '-e', SERVE],
  env: { PORT: '{port}' },
  probe: { path: '/probe', every: 100 },
  grace: 2_000,
  start: 'manual',
  ...options,
});
