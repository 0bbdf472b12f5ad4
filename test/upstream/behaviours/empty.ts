import { end, head, isPart, open, reply, without, write, type Script } from '../script.ts';
import { streamHead, type Scene } from '../scene.ts';

const nothing = { text: [], reasoning: [], toolCall: undefined } as const;

/** Answers without content, or with no end, or too many. */
export const empty = {
  /** 200, right content type, not one byte of body. */
  'empty-200': (scene: Scene): Script =>
    reply(200, { 'content-type': scene.streams ? 'text/event-stream' : 'application/json' }, ''),

  /** The whole body is `data: [DONE]`, whatever was asked for. */
  'empty-done': (): Script => [streamHead(), write('done', 'data: [DONE]\n\n'), end],

  /** Role, finish `stop` and the terminal event, but no content. */
  'empty-stop': (scene: Scene): Script => scene.good({ ...nothing, finish: 'stop' }),
  /** The same as JSON, with "" or null for content; for a stream, empty-stop. */
  'empty-json': (scene: Scene, { content = '' }: { content?: '' | null } = {}): Script =>
    scene.good({ ...nothing, finish: 'stop', blank: content }),
  /** Nothing was said, but there is a reason: the token limit. */
  'length-empty': (scene: Scene): Script => scene.good({ ...nothing, finish: 'length' }),
  /** Nothing was said, but there is a reason: the content filter. */
  'filter-empty': (scene: Scene): Script => scene.good({ ...nothing, finish: 'content_filter' }),

  /** Content and finish, then a clean end without the terminal event ([DONE], response.completed). */
  'no-done': (scene: Scene): Script => (scene.streams ? without(scene.stream(), 'done') : scene.good()),
  /** Content and the terminal event, no finish_reason. */
  'no-finish': (scene: Scene): Script => (scene.streams ? without(scene.stream(), 'finish') : scene.good()),
  'done-twice': (scene: Scene): Script => {
    if (!scene.streams) return scene.good();
    return scene.stream().flatMap((step): Script => (isPart(step, 'done') ? [step, step] : [step]));
  },
  /** Bytes after the terminal event, or after the JSON. */
  'trailing-junk': (scene: Scene, { junk = '<!-- served in 3 ms -->\ndata: {"oops":\n\n' } = {}): Script => [
    ...open(scene.good()),
    write('noise', junk),
    end,
  ],
  /** 204, which has no body at all. */
  'no-content': (): Script => [head(204, {}), end],
};
