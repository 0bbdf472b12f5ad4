import type { ListedModel } from '../../../core/contracts/index.ts';
import { isObject } from '../../../kits/dialect-kit/json.ts';
import { asText } from '../../../kits/dialect-kit/as-text.ts';

type Sign = (said: ListedModel) => unknown;

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const has =
  (member: string, ...words: readonly string[]): Sign =>
  (said) =>
    words.some((word) => list(said[member]).includes(word));
const only =
  (member: string, word: string, other: string): Sign =>
  (said) =>
    list(said[member]).includes(word) && !list(said[member]).includes(other);
const is =
  (...kinds: readonly string[]): Sign =>
  ({ type }) =>
    kinds.includes(asText(type));
/** `{vision: true}` of Mistral, `{image_input: {supported: true}}` of Anthropic */
const flag =
  (...names: readonly string[]): Sign =>
  ({ capabilities }) =>
    isObject(capabilities) && names.some((name) => isOn(capabilities[name]));
const isOn = (value: unknown): boolean => value === true || (isObject(value) && value.supported === true);
const takes =
  (kind: string): Sign =>
  ({ architecture }) =>
    isObject(architecture) && list(architecture.input_modalities).includes(kind);

/**
 * The members that show a capability, as Ollama and llama.cpp, LM Studio, OpenRouter, Mistral, Anthropic and Together have
 * them.
 */
const SIGNS: Readonly<Record<string, readonly Sign[]>> = {
  tools: [
    has('capabilities', 'tools', 'tool_use'),
    has('supported_parameters', 'tools'),
    flag('function_calling'),
  ],
  vision: [
    has('capabilities', 'vision', 'multimodal'),
    is('vlm'),
    takes('image'),
    flag('vision', 'image_input'),
  ],
  thinking: [
    has('capabilities', 'thinking'),
    has('supported_parameters', 'reasoning'),
    flag('thinking', 'reasoning'),
  ],
  insert: [has('capabilities', 'insert'), flag('completion_fim')],
  audio: [takes('audio'), flag('audio')],
};
const EMBEDS: readonly Sign[] = [
  has('capabilities', 'embedding', 'embeddings'),
  is('embedding', 'embeddings'),
  // Cohere and Google list what a model can be asked for.
  only('endpoints', 'embed', 'chat'),
  only('supportedGenerationMethods', 'embedContent', 'generateContent'),
];
/** Members that would list tools if the model had them. */
const TELLS_OF_TOOLS: readonly Sign[] = [
  ({ capabilities }) => Array.isArray(capabilities) || isObject(capabilities),
  (said) => Array.isArray(said.supported_parameters),
];
const EMBEDDING_NAME = /embed|\bbge-|\be5-/i;

/** The capabilities of a model by its provider's list. Where the list does not mention tools, they are assumed. */
export function capabilitiesOf(name: string, said: ListedModel, chats: boolean): string[] {
  const shows = (signs: readonly Sign[]): boolean => signs.some((sign) => Boolean(sign(said)));
  if (shows(EMBEDS) || EMBEDDING_NAME.test(name)) return ['embedding'];
  if (!chats) return [];
  const known = Object.keys(SIGNS).filter((capability) => shows(SIGNS[capability]!));
  const tools = known.includes('tools') || shows(TELLS_OF_TOOLS) ? [] : ['tools'];
  return ['completion', ...tools, ...known];
}
