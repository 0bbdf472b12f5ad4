import { Link } from '@tanstack/react-router';
import type { PausedKey, Program, Provider } from '../../api/types.ts';
import { bytes, percent } from '../../format/numbers.ts';
import { untilWords } from '../../format/until.ts';
import { useLive } from '../../live/store.ts';
import { Fact, Panel } from '../../ui/panel.tsx';
import { Empty } from '../../ui/states.tsx';
import { TargetTable } from './target-table.tsx';

/** Its current state: its process, its recently requested models, and all its models. */
export function Now({ provider }: { readonly provider: Provider }) {
  const { name, process, targets } = provider;
  return (
    <div className="grid items-start gap-4 xl:grid-cols-2">
      <Panel title={process ? 'Process' : 'Status'}>
        <dl className="grid grid-cols-[repeat(auto-fill,minmax(7.5rem,1fr))] gap-3">
          {process && <ProcessFacts name={name} process={process} />}
          <Fact label="Concurrency">{provider.concurrency ?? 'no limit'}</Fact>
          <Fact label="APIs" isLong={provider.surfaces.length > 1}>
            {provider.surfaces.includes('*') ? 'any' : provider.surfaces.join(', ')}
          </Fact>
          {provider.missingSurfaces.length > 0 && (
            <Fact label="APIs it lacks" isLong>
              {provider.missingSurfaces.map(({ surface, because }) => `${surface} (${because})`).join(', ')}
            </Fact>
          )}
          {provider.keys && provider.keys.out.length > 0 && (
            <Fact label="Keys passed over" isLong>
              {provider.keys.out.slice(0, MOST).map(keyWords).join('; ')}
            </Fact>
          )}
          {provider.lastResort && (
            <Fact label="Used" isLong>
              only as a last resort
            </Fact>
          )}
        </dl>
      </Panel>
      <ModelMap provider={provider} />
      <Panel title="Targets" flush className="xl:col-span-2">
        {targets.length === 0 ? <Empty title="No requests yet." /> : <TargetTable provider={provider} />}
      </Panel>
    </div>
  );
}

function ProcessFacts({ name, process }: { readonly name: string; readonly process: Program }) {
  const tick = useLive((live) => live.ticks.at(-1)?.providers[name]);
  const { usage, limits } = process;
  const memory = usage ? (tick?.memory ?? usage.memory) : null;
  const cpu = usage ? (tick?.cpu ?? usage.cpu) : null;
  return (
    <>
      <Fact label="Process id">{process.pid ?? '–'}</Fact>
      <Fact label="Port">{process.port ?? '–'}</Fact>
      <Fact label="Memory">
        {bytes(memory)}
        {limits?.memory != null && ` of ${bytes(limits.memory)}`}
      </Fact>
      <Fact label="CPU">
        {cpu === null ? '–' : percent(cpu)}
        {limits?.cpu != null && ` of ${percent(limits.cpu)}`}
      </Fact>
      <Fact label="Restarts">{process.restarts}</Fact>
      <Fact label="Start mode">{process.start}</Fact>
      {process.toolchain && <Fact label="Toolchain">{process.toolchain}</Fact>}
    </>
  );
}

/** Its models' public names, and its own names of them. */
function ModelMap({ provider: { name, models, modelMap, anyModel } }: { readonly provider: Provider }) {
  return (
    <Panel title="Models" flush>
      {models.length === 0 ? (
        <Empty title={anyModel ? 'Takes any model name.' : 'No models known yet.'} />
      ) : (
        <div className="max-h-80 overflow-auto" role="region" aria-label="Models" {...focusable}>
          <table className="w-full border-collapse text-left">
            <thead>
              <tr className="sticky top-0 border-y bg-raised">
                <th scope="col" className="eyebrow px-3 py-1.5">
                  Model
                </th>
                <th scope="col" className="eyebrow px-3 py-1.5">
                  Provider’s name
                </th>
                <th scope="col" className="px-3 py-1.5">
                  <span className="sr-only">Try it</span>
                </th>
              </tr>
            </thead>
            <tbody className="divide-y">
              {models.map((model) => (
                <tr key={model}>
                  <th scope="row" className="px-3 py-1 min-w-36 font-medium [overflow-wrap:anywhere]">
                    {model}
                  </th>
                  <td className="px-3 py-1 font-mono text-xs [overflow-wrap:anywhere]">
                    {modelMap?.[model] ?? model}
                  </td>
                  <td className="px-3 py-1 text-right">
                    <Link
                      to="/chat"
                      search={{ model, provider: name }}
                      aria-label={`Chat with ${model} of ${name}`}
                      className="text-accent underline"
                    >
                      Chat
                    </Link>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

/** There may be many pauses, of models that were requested. */
const MOST = 10;

const keyWords = ({ key, model, until }: PausedKey): string =>
  `key ${key}${model === undefined ? '' : ` for ${model}`} ${untilWords(until)}`;

/** It scrolls, also by keyboard. */
const focusable = { tabIndex: 0 };
