import type { Node } from '../../api/types.ts';
import { plural } from '../../format/numbers.ts';
import { age, dateTime } from '../../format/time.ts';
import { stateWords } from '../../format/words.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ActionCell, ListTable, NameCell, WideCell } from '../../ui/list-table.tsx';
import { Middle } from '../../ui/middle.tsx';
import { Lamp, Tag } from '../../ui/signal.tsx';
import { toneOf, type Tone } from '../../ui/tone.ts';
import { useNow } from '../../ui/use-now.ts';
import { isRestartable } from './restartable.ts';

interface Props {
  readonly nodes: readonly Node[];
  readonly restart: (name: string) => void;
}

const HEADS = ['Node', 'Version', 'Load', 'Providers'] as const;
/** ms of a difference between clocks from which on it is shown */
const CLOCKS = 1_000;
/** providers of a node by name */
const MOST = 12;
const WORST_FIRST: readonly Tone[] = ['bad', 'warn', 'busy', 'off', 'well'];

/** A row each. */
export function NodeList({ nodes, restart }: Props) {
  return (
    <ListTable label="Gateways" heads={HEADS} action="Restart" actionClass="w-28">
      {nodes.map((node) => (
        <Row key={node.name} node={node} restart={() => restart(node.name)} />
      ))}
    </ListTable>
  );
}

function Row({ node, restart }: { readonly node: Node; readonly restart: () => void }) {
  const { name, self, url, error } = node;
  return (
    <tr>
      <NameCell
        name={name}
        tags={
          <>
            <Standing node={node} />
            {self && <Tag>this one</Tag>}
          </>
        }
      >
        {url !== null && <span className="block font-mono text-xs text-ink-soft">{url}</span>}
        {error !== null && <span className="block text-xs text-bad">{error}</span>}
        <Notes node={node} />
        <span className="grid gap-0.5 text-xs text-ink-soft lg:hidden">
          <Version node={node} />
          <Load node={node} />
          <Providers node={node} />
        </span>
      </NameCell>
      <WideCell>
        <Version node={node} />
      </WideCell>
      <WideCell>
        <Load node={node} />
      </WideCell>
      <WideCell>
        <Providers node={node} />
      </WideCell>
      <ActionCell>
        {isRestartable(node) && (
          <Button small changes="the gateway" aria-label={`Restart ${name}`} onClick={restart}>
            <Icon name="restart" />
            Restart
          </Button>
        )}
      </ActionCell>
    </tr>
  );
}

function Standing({ node: { state, ready } }: { readonly node: Node }) {
  const [tone, word]: readonly [Tone, string] =
    state === 'down'
      ? ['bad', 'down']
      : state === 'asks-only'
        ? ['off', 'not connected']
        : ready === false
          ? ['warn', 'up, not ready']
          : ['well', 'up'];
  return (
    <Tag tone={tone}>
      <Lamp tone={tone} />
      {word}
    </Tag>
  );
}

function Notes({ node: { state, lastSeen, differs, settings, clockOffset } }: { readonly node: Node }) {
  const now = useNow(1_000);
  const notes = [
    ...(state === 'down' && lastSeen !== null ? [`last seen ${age(lastSeen, now)} ago`] : []),
    ...(differs.length > 0 ? [`its config differs in ${differs.join(', ')}`] : []),
    ...(settings?.isBehind ? [`its settings are behind, at change ${settings.revision}`] : []),
    ...(settings?.problem ? [settings.problem] : []),
    ...(clockOffset !== null && Math.abs(clockOffset) >= CLOCKS
      ? [
          `its clock is ${Math.round(Math.abs(clockOffset) / 1_000)} s ${clockOffset > 0 ? 'ahead' : 'behind'}`,
        ]
      : []),
  ];
  if (notes.length === 0) return null;
  return <span className="block text-xs text-warn">{notes.join('; ')}</span>;
}

function Version({ node: { version, started, settings } }: { readonly node: Node }) {
  const now = useNow(10_000);
  if (version === null) return null;
  return (
    <span title={started === null ? undefined : dateTime(started)}>
      {version}
      {started !== null && (
        <span className="block text-xs whitespace-nowrap text-ink-soft">up for {age(started, now)}</span>
      )}
      {settings && <span className="block text-xs text-ink-soft">settings {settings.revision}</span>}
    </span>
  );
}

function Load({ node: { inflight, perMinute } }: { readonly node: Node }) {
  if (inflight === null) return null;
  return (
    <span className="whitespace-nowrap">
      {inflight} in flight
      <span className="block text-xs text-ink-soft">
        {plural(perMinute ?? 0, 'request')} in the last minute
      </span>
    </span>
  );
}

/** Of many, the worst come first, and the last are numbers. */
function Providers({ node: { providers } }: { readonly node: Node }) {
  const rank = ({ state }: Node['providers'][number]): number => WORST_FIRST.indexOf(toneOf(state));
  const order =
    providers.length > MOST ? providers.toSorted((one, other) => rank(one) - rank(other)) : providers;
  const others = new Map<string, number>();
  for (const { state } of order.slice(MOST)) {
    const word = stateWords(state);
    others.set(word, (others.get(word) ?? 0) + 1);
  }
  return (
    <span className="flex flex-wrap items-center gap-1">
      {order.slice(0, MOST).map(({ name, state }) => (
        <Tag key={name} tone={toneOf(state)}>
          <Middle text={name} /> <span className="whitespace-nowrap">{stateWords(state)}</span>
        </Tag>
      ))}
      {others.size > 0 && (
        <span className="text-xs text-ink-soft">
          and {[...others].map(([word, count]) => `${count} ${word}`).join(', ')}
        </span>
      )}
    </span>
  );
}
