/** docs/protocols.md says what the code does. */
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FinishReason } from '@google/genai';
import t from 'tap';
import { root } from '../../../gateway.ts';
import type { Dialect, Translation } from '../../../core/contracts/index.ts';
import { messages } from '../../../plugins/surfaces/anthropic/dialect/messages.ts';
import { finishReason } from '../../../plugins/surfaces/anthropic/stop-reasons.ts';
import { StopReason } from '@aws-sdk/client-bedrock-runtime';
import { finishReason as reasonOfConverse } from '../../../plugins/surfaces/bedrock/stop-reasons.ts';
import { geminiError } from '../../../plugins/surfaces/gemini/dialect/errors.ts';
import { chatReason } from '../../../plugins/surfaces/gemini/finish-reasons.ts';
import { chatReason as chatReasonOfCohere } from '../../../plugins/surfaces/cohere/finish-reasons.ts';
import { doneReason } from '../../../plugins/surfaces/ollama/done-reasons.ts';
import { FormatRegistry } from '../../../kits/surface-kit/index.ts';

interface FormatsModule {
  readonly dialects: readonly Dialect[];
  readonly translations: readonly Translation[];
}

const page = await readFile(join(root, 'docs/protocols.md'), 'utf8');

/** The cells of the table below a heading, without their backquotes. */
function rowsBelow(heading: string): string[][] {
  const [, section = ''] = page.split(`${heading}\n`);
  const [table = ''] = section.split(/\n#/);
  const rows = table.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

t.test('each pair is a translation there is, or passes as bytes', async (t) => {
  const formats = new FormatRegistry();
  for await (const file of glob('plugins/surfaces/*/formats.ts', { cwd: root })) {
    const { dialects, translations } = (await import(join(root, file))) as FormatsModule;
    formats.add(dialects, translations, file);
  }
  const translations = formats.translations.filter(({ steps }) => !steps);
  const rows = rowsBelow('## Pairs');
  const translated = rows.filter(([, , how]) => how !== 'bytes');
  t.strictSame(
    translated.map((row) => row.join(' ')).sort(),
    [...new Set(translations.map(({ from, to, name }) => `${from} ${to} ${name}`))].sort(),
  );
  for (const [caller, provider, how] of rows) {
    if (how === 'bytes') t.equal(caller, provider);
    t.ok(formats.dialects.has(caller as string) && formats.dialects.has(provider as string));
  }
  const named = (from: string, to: string) =>
    formats.translations.find((one) => one.from === from && one.to === to)?.name;
  for (const { from } of translations.filter(({ to }) => to === 'chat'))
    for (const { to } of translations.filter((one) => one.from === 'chat' && one.to !== from))
      t.match(
        named(from, to),
        new RegExp(`^${from}-to-(chat-to-)?${to}$`),
        'each other pair goes through chat',
      );
});

t.test('reasons and types of errors are those of the tables', (t) => {
  const reasons = rowsBelow('### Why an answer ended');
  t.equal(reasons.length, 7);
  for (const [stop, finish] of reasons) t.equal(finishReason(stop), finish, String(stop));
  const done = rowsBelow('### Why an answer of Ollama ended');
  t.equal(done.length, 4);
  for (const [finish, reason] of done) t.equal(doneReason(finish), reason, String(finish));
  const cohere = rowsBelow('### Why an answer of Cohere ended');
  t.equal(cohere.length, 4);
  for (const [reason, finish] of cohere) t.equal(chatReasonOfCohere(reason), finish, String(reason));
  const types = rowsBelow('### Errors');
  t.equal(types.length, 12);
  for (const [status, type] of types)
    t.match(
      messages.errorBody?.({ error: {} }, Number(status), 'req_1'),
      { error: { type } },
      String(status),
    );
  t.end();
});

t.test('reasons of converse are those of the table', (t) => {
  const reasons = rowsBelow('### Why an answer of converse ended');
  t.strictSame(
    reasons.map(([reason]) => reason).sort(),
    Object.values(StopReason).sort(),
    'those of its SDK',
  );
  for (const [reason, finish] of reasons) t.equal(reasonOfConverse(reason), finish, String(reason));
  t.end();
});

t.test('reasons and statuses of gemini are those of the tables', (t) => {
  const reasons = rowsBelow('### Why an answer of gemini ended');
  t.strictSame(
    reasons.map(([reason]) => reason).sort(),
    Object.values(FinishReason).sort(),
    'those of its SDK',
  );
  for (const [reason, finish] of reasons) t.equal(chatReason(reason), finish, String(reason));
  const statuses = rowsBelow('### Errors of gemini');
  t.equal(statuses.length, 15);
  for (const [code, status] of statuses)
    t.match(geminiError({ error: { message: 'no' } }, Number(code)), {
      error: { code: Number(code), status },
    });
  t.end();
});
