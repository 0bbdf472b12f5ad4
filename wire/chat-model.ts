/** What the names of models say that do something else than to chat. */
const OTHERS = /embed|whisper|tts|transcri|dall-e|image|moderation|rerank|sora|realtime/i;

/** The first of these models that is likely to chat, as far as names tell; of none, the first; undefined: there are none. */
export function chatModel(names: Iterable<string>): string | undefined {
  const all = [...names];
  return all.find((name) => !OTHERS.test(name)) ?? all[0];
}
