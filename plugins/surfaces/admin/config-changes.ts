import { shown } from '../../../config/path.ts';
import { redactAt } from '../../../config/redact.ts';
import type { FastifyRequest } from 'fastify';
import type { ConfigChange, Gateway, Host, Settings } from '../../../core/contracts/index.ts';
import type { Unsent } from '../../../kits/feature-kit/answers.ts';
import { storeOf } from '../../../kits/store-kit/store-of.ts';
import { override, tagged } from './if-match.ts';
import type { ConfigDiff, ConfigSaved, OverridesUndone } from './answers/balancing.ts';

/** Overrides of the config: listed, saved into the file, or undone; and the file read again. */
export function configChanges({ app, gateway }: Host): void {
  const { settings } = gateway;
  const options = tagged(gateway);
  app.get('/config/diff', options, (): Unsent<ConfigDiff> => ({
    file: settings.file ?? null,
    problem: fileProblem(settings),
    changes: settings.changes.map((change) => describeChange(change, settings)),
    shared: sharing(gateway),
  }));
  app.post('/config/save', options, (request) => save(request, gateway));
  app.post('/config/reload', async () => ({
    ...(await settings.reload()),
    timestamp: Date.now() / 1000,
  }));
  app.delete('/config/overrides', options, (request) => undo(request, gateway));
}

async function save(request: FastifyRequest, gateway: Gateway): Promise<ConfigSaved> {
  if (request.headers['if-match'] !== undefined) await override(request, gateway, (value) => value);
  const { file, changes } = await gateway.settings.save();
  const shared = sharing(gateway);
  return { file, changes: changes.length, shared, success: true, timestamp: Date.now() / 1000 };
}

function sharing(gateway: Gateway): ConfigDiff['shared'] {
  if (!storeOf(gateway)?.sharedSettings) return null;
  return { overrides: Object.keys(gateway.settings.overrides.value).length > 0 };
}

async function undo(request: FastifyRequest, gateway: Gateway): Promise<OverridesUndone> {
  let changes = 0;
  await override(request, gateway, () => {
    changes = gateway.settings.changes.length;
    return {};
  });
  return { changes, success: true, timestamp: Date.now() / 1000 };
}

/** Why the current config file is not in force; null: it is, or it has not changed. */
export const fileProblem = ({
  fileProblem: problem,
}: Settings): { readonly message: string; readonly since: string } | null =>
  problem ? { message: problem.message, since: new Date(problem.sinceEpochMs).toISOString() } : null;

function describeChange({ path, file, standard, now }: ConfigChange, { schema }: Settings) {
  const hidden = (value: unknown): unknown => redactAt(value, path, schema);
  return {
    path: shown(path),
    file: file === undefined ? null : hidden(file),
    ...(file === undefined && standard !== undefined ? { default: hidden(standard) } : {}),
    now: hidden(now),
  };
}
