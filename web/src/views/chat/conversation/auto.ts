import { chatModel } from '../../../../../wire/chat-model.ts';
import { get } from '../../../api/client.ts';
import type { ModelList } from '../../../api/types.ts';
import { AUTO, type Choice } from './conversation.ts';

/** What `auto` stands for now: a model that the gateway lists, or that the provider has. Where none is listed, any name may do. */
export async function chosen(choice: Choice, signal: AbortSignal): Promise<Choice> {
  const { model, provider } = choice;
  if (model !== AUTO.model) return choice;
  const query = provider === '' ? {} : { provider };
  const { data } = await get<ModelList>('v1/models', { query, signal });
  const names = data.map(({ id }) => id);
  return { ...choice, model: names.includes(model) ? model : (chatModel(names) ?? model) };
}
