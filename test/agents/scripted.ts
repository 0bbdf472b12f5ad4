import { chunk, streams, says, type AdaptedCall, type Reply } from '../servers/stand-in.ts';

/** What the agent is to say at the end. */
export const FINAL = 'All done: the file was read.';

/** How each agent's own tool for commands is called, by its name. */
const TOOLS: Readonly<Record<string, (command: string) => object>> = {
  Bash: (command) => ({ command, description: 'Reads the file' }),
  exec_command: (cmd) => ({ cmd }),
  shell_command: (command) => ({ command }),
  shell: (command) => ({ command: ['sh', '-c', command] }),
  run_shell_command: (command) => ({ command, description: 'Reads the file' }),
};

/** A model that has chat completions only: it runs one command by the agent's tool, and ends when it has the result. */
export const scripted =
  (command: string): Reply =>
  (asked: AdaptedCall) => {
    const { messages, tools = [], stream } = asked.body;
    const names: string[] = tools.map((tool: { function?: { name: string } }) => tool.function?.name);
    const name = names.find((one) => Object.hasOwn(TOOLS, one));
    const hasResult = messages.some(({ role }: { role: string }) => role === 'tool');
    if (name === undefined || hasResult) return answer(asked, stream, { content: FINAL }, 'stop');
    const args = JSON.stringify(TOOLS[name]!(command));
    const call = { index: 0, id: 'call_1', type: 'function', function: { name, arguments: args } };
    return answer(asked, stream, { tool_calls: [call] }, 'tool_calls');
  };

function answer(asked: AdaptedCall, stream: boolean, said: object, reason: string): unknown {
  if (stream) return streams([chunk({ role: 'assistant', ...said }), chunk({}, reason), '[DONE]'])(asked);
  const choices = [
    { index: 0, message: { role: 'assistant', content: null, ...said }, finish_reason: reason },
  ];
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  return says(200, { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage })(asked);
}
