// Recorded answers of every protocol, read by the official SDK of every other one.
import t from 'tap';
import { openLab, type Lab } from '../lab.ts';
import { listRecordings } from '../upstream/recordings.ts';
import { toldBy, type Spoken } from './recorded-answers.ts';
import { CLIENTS, type Ask } from './sdk-clients.ts';

const FILES: Readonly<Record<Spoken, readonly string[]>> = {
  chat: ['openai', 'groq', 'deepseek', 'mistral', 'cerebras', 'dashscope', 'perplexity']
    .flatMap((folder) => listRecordings(folder))
    .filter((file) => /^(openai\/chat--|groq|deepseek|mistral|cerebras|dashscope|perplexity)/.test(file)),
  responses: listRecordings('openai').filter((file) => file.startsWith('openai/responses--')),
  messages: listRecordings('anthropic'),
  gemini: listRecordings('google'),
};

/** Where a refusal is text as any other. */
const NO_REFUSALS = new Set(['gemini', 'ollama']);

/**
 * Errors and transcriptions; recordings that are no JSON, or whose pieces are not their text; calls of tools that only a
 * caller of that API can have offered.
 */
const NO_ANSWER =
  /error|transcription|429|spliced|parallel-tool-call-wrapper|shell-container\.1\.chunks|custom-tool/;

const isStream = (file: string): boolean => file.endsWith('.chunks.txt');

async function check(lab: Lab, file: string, spoken: Spoken, client: string): Promise<string | undefined> {
  lab.upstream.behave('replay', { file });
  const wanted = toldBy(file, spoken, NO_REFUSALS.has(client));
  try {
    const got = await (CLIENTS[client] as Ask)(lab.switchyard.url, isStream(file));
    const [one, other] = [JSON.stringify(got), JSON.stringify(wanted)];
    return one === other ? undefined : `\n  got    ${one.slice(0, 600)}\n  wanted ${other.slice(0, 600)}`;
  } catch (error) {
    return `threw ${(error as Error).constructor.name}: ${(error as Error).message.slice(0, 300)}`;
  }
}

for (const spoken of Object.keys(FILES) as Spoken[])
  for (const client of Object.keys(CLIENTS).filter((name) => name !== spoken))
    t.test(`${spoken} recordings, read by a client of ${client}`, async (t) => {
      const lab = await openLab(t, { provider: { surfaces: [spoken] } });
      for (const file of FILES[spoken].filter((one) => !NO_ANSWER.test(one))) {
        const wrong = await check(lab, file, spoken, client).catch((e) => `test: ${e.stack}`);
        if (wrong !== undefined) t.fail(`${file}: ${wrong}`);
      }
    });
