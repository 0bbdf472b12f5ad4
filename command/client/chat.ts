import { chatModel } from '../../wire/chat-model.ts';
import type { Gateway } from './gateway.ts';
import { dataOf } from './event-stream.ts';
import { EXIT, Failure } from './fail.ts';
import { oneLine } from './table.ts';
import type { Subcommand } from './subcommand.ts';

interface Chunk {
  readonly choices?: readonly { readonly delta?: { readonly content?: string } }[];
  readonly error?: { readonly message?: string };
}

/** Where none is listed, any name may do. */
async function firstModel(gateway: Gateway, pin: string): Promise<string> {
  const { data } = await gateway.ask<{ data: readonly { readonly id: string }[] }>('GET', `/v1/models${pin}`);
  return chatModel(data.map(({ id }) => id)) ?? 'gpt-3.5-turbo';
}

/** One question, its answer printed as it streams. */
export const chat: Subcommand = {
  name: 'chat',
  takes: '"TEXT" [--model M] [--provider P]',
  does: 'asks one question and streams the answer',
  words: [1, 1],
  options: { model: 'M', provider: 'P' },
  async run({ gateway, args, options, print, people }) {
    const { provider } = options;
    const pin = typeof provider === 'string' ? `?provider=${encodeURIComponent(provider)}` : '';
    const model = options.model ?? (await firstModel(gateway, pin));
    const messages = [{ role: 'user', content: args[0] }];
    const path = `/v1/chat/completions${pin}`;
    if (options.json) {
      const whole = await gateway.ask('POST', path, { model, messages });
      return print(`${JSON.stringify(whole, null, 2)}\n`);
    }
    const { body, headers } = await gateway.send('POST', path, { model, messages, stream: true });
    for await (const data of dataOf(body ?? new ReadableStream())) {
      if (data === '[DONE]') break;
      const { choices, error } = JSON.parse(data) as Chunk;
      if (error) throw new Failure(`the answer was cut: ${error.message}`, EXIT.failed);
      // An answer may contain line breaks, and nothing else that a terminal obeys.
      const text = choices?.[0]?.delta?.content ?? '';
      print(people ? text.split('\n').map(oneLine).join('\n') : text);
    }
    print('\n');
    if (people) process.stderr.write(`(${headers.get('x-switchyard-provider')})\n`);
  },
};
