import { nearest } from '../../wire/names.ts';
import { EXIT, Failure } from './fail.ts';
import type { Gateway } from './gateway.ts';
import { AGENTS, type Agent, type Start } from './launch/agents.ts';
import { isInstalled, runAgent } from './launch/run-agent.ts';
import { type Model, modelsOf } from './launch/models.ts';
import { shellCommand } from './launch/shell-command.ts';
import { show, type Run, type Subcommand } from './subcommand.ts';

/** What an agent must send where the gateway asks for no key. */
const NO_KEY = 'switchyard';

/** Starts an agent that is installed on this machine, pointed at the gateway. */
export const launch: Subcommand = {
  name: 'launch',
  takes: `${AGENTS.map(({ name }) => name).join('|')} [--model NAME] [--print] [-- ARGUMENTS]`,
  does: 'starts an installed agent that uses this gateway; what follows -- goes to the agent',
  about: `The agent gets the gateway's address, the key of --key and the model as environment variables and arguments of
this one process. No file of yours is changed. Its exit code is passed on.

  switchyard launch claude --model kimi-k2.6
  switchyard launch codex --model gpt-oss-120b -- exec "explain this folder"

--print shows the variables and arguments, and starts nothing.`,
  words: [1, Infinity],
  options: { model: 'NAME' },
  flags: { print: '' },
  completes: AGENTS.map(({ name }) => name),
  async run(given) {
    const [name, ...args] = given.args as [string, ...string[]];
    const agent = agentOf(name);
    if (given.options.print) return print(given, agent, args);
    if (!isInstalled(agent.command)) {
      throw new Failure(`${name} is not installed: npm install -g ${agent.packageName} installs it`);
    }
    await given.gateway.ask('GET', '/health');
    const start = startOf(agent, given, await modelsOf(given.gateway));
    await runAgent(agent.command, { ...start, args: [...start.args, ...args] });
  },
};

/** Without a gateway it shows what does not depend on one. */
async function print(given: Run, agent: Agent, args: readonly string[]): Promise<void> {
  const models = await modelsOf(given.gateway).catch(() => []);
  const start = startOf(agent, given, models, given.gateway.key === undefined ? NO_KEY : '$SWITCHYARD_KEY');
  const { command } = agent;
  const all = [...start.args, ...args];
  const { env, unset, folder } = start;
  show(given, { command, args: all, env, unset, folder: folder?.about }, () =>
    shellCommand(command, { ...start, args: all }),
  );
}

function startOf(
  agent: Agent,
  { gateway, options }: Run,
  models: readonly Model[],
  key = keyOf(gateway),
): Start {
  const name = options.model as string | undefined;
  const model = models.find(({ id }) => id === name) ?? (name === undefined ? undefined : { id: name });
  return agent.start({ url: gateway.url, key, model, models });
}

const keyOf = ({ key }: Gateway): string => key ?? NO_KEY;

function agentOf(name: string): Agent {
  const agent = AGENTS.find((one) => one.name === name);
  if (agent) return agent;
  const names = AGENTS.map((one) => one.name);
  const meant = nearest(name, names);
  throw new Failure(
    `launch: '${name}' is not an agent that it knows${meant === undefined ? '' : ` (did you mean '${meant}'?)`}; there are: ${names.join(', ')}`,
    EXIT.usage,
  );
}
