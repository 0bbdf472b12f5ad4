/** `npm run agents`: real agents do a tool turn, through the gateway, with a provider that has chat completions only. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import t, { type Test } from 'tap';
import { root } from '../../gateway.ts';
import { CHAT, startStandIn } from '../servers/stand-in.ts';
import { startSwitchyard } from '../switchyard.ts';
import { installAgents } from './install.ts';
import { FINAL, scripted } from './scripted.ts';

const FILE = 'secret-word.txt';
const PROMPT = `Read ${FILE} and tell me when that is done.`;
/** ms that one agent may take */
const PATIENCE_MS = 180_000;

/** What makes each of them answer one prompt and run its tools without a question. */
const AGENTS: Readonly<Record<string, readonly string[]>> = {
  claude: ['-p', PROMPT, '--allowedTools', 'Bash'],
  codex: ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', PROMPT],
  gemini: ['-p', PROMPT, '--approval-mode', 'yolo', '--skip-trust'],
};

t.setTimeout(0);
t.jobs = 1;
const bin = await installAgents();

for (const [name, args] of Object.entries(AGENTS))
  t.test(name, { timeout: PATIENCE_MS + 10_000 }, async (t) => {
    const word = randomUUID();
    const folder = await emptyFolder(t);
    await writeFile(join(folder, FILE), `${word}\n`);
    const server = await startStandIn(t, { [CHAT]: scripted(`cat ${FILE}`) });
    const chatOnly = {
      use: 'openai-compatible',
      baseUrl: `${server.url}/v1`,
      surfaces: ['chat'],
      models: { m: 'm' },
    };
    const switchyard = await startSwitchyard(t, { home: join(folder, 'gateway'), providers: { chatOnly } });
    const { code, output } = await run(t, switchyard.url, folder, name, args);
    t.equal(code, 0, 'it ends well');
    t.match(output, FINAL, 'it says what the model said last');
    const chats = server.asked.filter(({ path }) => path === CHAT);
    const results = chats.flatMap(({ body }) => body.messages).filter(({ role }) => role === 'tool');
    t.match(JSON.stringify(results), word, 'the command was run, and its result came back to the provider');
    const others = server.asked.filter(({ path }) => path.startsWith('POST') && path !== CHAT);
    t.strictSame(others, [], 'the provider was asked for nothing but chats');
    if (!t.passing()) t.comment(output);
  });

/** Outside of this project, of which agents would read the instructions. */
async function emptyFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-agents-'));
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** `switchyard launch NAME`, in a home of its own; all its processes end with it. */
async function run(t: Test, url: string, folder: string, name: string, args: readonly string[]) {
  const own = { PATH: `${bin}${delimiter}${process.env.PATH}`, HOME: folder, NO_COLOR: '1', CI: '1' };
  const launch = ['command/switchyard.mjs', 'launch', name, '--url', url, '--model', 'm', '--', ...args];
  const child = spawn(process.execPath, [join(root, launch[0] as string), ...launch.slice(1)], {
    cwd: folder,
    env: { ...own, LANG: 'C.UTF-8', TERM: 'dumb' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const end = (): void => {
    try {
      process.kill(-(child.pid as number), 'SIGKILL');
    } catch {
      // All of them have ended.
    }
  };
  t.teardown(end);
  const late = setTimeout(end, PATIENCE_MS);
  const pieces: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => pieces.push(piece));
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(late);
  end();
  return { code, output: Buffer.concat(pieces).toString() };
}
