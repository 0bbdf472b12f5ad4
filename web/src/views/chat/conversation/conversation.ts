import type { RequestSummary } from '../../../api/types.ts';

/** The requested model, or `auto`, of one provider or (empty) of any that has it. */
export interface Choice {
  readonly model: string;
  readonly provider: string;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON, as far as it has arrived */
  readonly arguments: string;
}

export interface AnswerError {
  readonly message: string;
  readonly code?: string | undefined;
  readonly status?: number | undefined;
}

/** One answer so far. Times in ms since its request. */
export interface Answer {
  readonly choice: Choice;
  readonly state: 'waiting' | 'streaming' | 'complete' | 'stopped' | 'failed';
  readonly text: string;
  readonly reasoning: string;
  /** data: URLs and others */
  readonly pictures: readonly string[];
  readonly toolCalls: readonly ToolCall[];
  /** the target that answers */
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly attempts?: number | undefined;
  readonly requestId?: string | undefined;
  readonly firstToken?: number | undefined;
  readonly took?: number | undefined;
  readonly usage?: NonNullable<RequestSummary['usage']> | undefined;
  /** number of chunks, where the tokens are not known */
  readonly pieces: number;
  readonly finish?: string | undefined;
  readonly error?: AnswerError | undefined;
}

/** A message, and an answer from each chosen model. */
export interface Turn {
  readonly id: string;
  readonly text: string;
  /** data: URLs */
  readonly pictures: readonly string[];
  readonly answers: readonly Answer[];
}

export interface Conversation {
  readonly turns: readonly Turn[];
  /** the models of the next message: one, or two side by side */
  readonly choices: readonly Choice[];
  /** the system message */
  readonly system: string;
  /** further members of each request, as JSON */
  readonly members: string;
}

export const AUTO: Choice = { model: 'auto', provider: '' };

export const nothingSaid: Conversation = { turns: [], choices: [AUTO], system: '', members: '' };

export const unasked = (choice: Choice): Answer => ({
  choice,
  state: 'waiting',
  text: '',
  reasoning: '',
  pictures: [],
  toolCalls: [],
  pieces: 0,
});

export const isOpen = ({ state }: Answer): boolean => state === 'waiting' || state === 'streaming';

export const isAnswering = ({ turns }: Conversation): boolean =>
  turns.some(({ answers }) => answers.some(isOpen));

export const choiceWords = ({ model, provider }: Choice): string =>
  provider === '' ? model : `${model} of ${provider}`;
