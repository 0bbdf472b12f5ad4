import type { Answer, Parsed } from '../switchyard.ts';
import { openaiSchema } from '../openai-schema.ts';

const validAnswer = openaiSchema('CreateChatCompletionResponse');
const validChunk = openaiSchema('CreateChatCompletionStreamResponse');

export interface Outcome {
  /** 'answered': whole; 'refused': an error with a status; 'broken off': an error after the answer had begun */
  readonly ending: 'answered' | 'refused' | 'broken off' | 'cut';
  /** what in it is not as OpenAI says */
  readonly faults: readonly string[];
}

/** What a client of OpenAI's makes of an answer. */
export function outcomeOf({ status, text, events, broken }: Answer): Outcome {
  if (broken) return { ending: 'cut', faults: ['the connection broke'] };
  if (status !== 200) return { ending: 'refused', faults: faultsOfError(text) };
  const last = events.at(-1);
  if (last === undefined) return { ending: 'answered', faults: validAnswer(parse(text)) };
  const faults = events.slice(0, -1).flatMap((event) => validChunk(parse(event)));
  if (last === '[DONE]') return { ending: 'answered', faults };
  return { ending: 'broken off', faults: [...faults, ...faultsOfError(last)] };
}

function faultsOfError(text: string): string[] {
  const { message, type } = parse(text)?.error ?? {};
  const said = [message, type].every((word) => typeof word === 'string' && word !== '');
  return said ? [] : [`no error in the shape of OpenAI's: ${text.slice(0, 200)}`];
}

function parse(text: string): Parsed {
  try {
    return JSON.parse(text) as Parsed;
  } catch {
    return undefined;
  }
}
