import type { CallerKey } from '../../api/types.ts';
import { age, dateTime } from '../../format/time.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ActionCell, ListTable, NameCell, WideCell } from '../../ui/list-table.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Tag } from '../../ui/signal.tsx';
import { useNow } from '../../ui/use-now.ts';
import type { KeyAction } from './index.tsx';
import { limitWords } from './limit-words.ts';

interface Props {
  readonly keys: readonly CallerKey[];
  readonly act: (action: KeyAction, key: CallerKey) => void;
}

const HEADS = ['Name', 'Owner', 'Models', 'Limits', 'Last use'] as const;

/** A row each. */
export function KeyList({ keys, act }: Props) {
  return (
    <ListTable label="Keys of callers" heads={HEADS} action="Actions" actionClass="w-24">
      {keys.map((key) => (
        <Row key={key.id} apiKey={key} act={(action) => act(action, key)} />
      ))}
    </ListTable>
  );
}

interface RowProps {
  readonly apiKey: CallerKey;
  readonly act: (action: KeyAction) => void;
}

function Row({ apiKey, act }: RowProps) {
  const { name, begins, owner, labels } = apiKey;
  const limits = limitWords(apiKey.limits);
  return (
    <tr>
      <NameCell name={name} tags={<Standing apiKey={apiKey} />}>
        <span className="block font-mono text-xs text-ink-soft">{begins}…</span>
        <span className="block text-xs text-ink-soft lg:hidden">
          {[owner, ...labels].filter(Boolean).join(', ')} {scopeWords(apiKey)}
          <br />
          {limits || 'no limits'}
          <br />
          <LastUse apiKey={apiKey} />
        </span>
      </NameCell>
      <WideCell>
        {owner ?? '–'}
        <span className="block text-xs text-ink-soft">{labels.join(', ')}</span>
      </WideCell>
      <WideCell className="[overflow-wrap:anywhere]">{scopeWords(apiKey)}</WideCell>
      <WideCell>{limits || 'none'}</WideCell>
      <WideCell>
        <LastUse apiKey={apiKey} />
      </WideCell>
      <ActionCell>
        <Menu
          trigger={
            <Button small changes="the gateway" aria-label={`Actions on ${name}`}>
              Actions <Icon name="down" />
            </Button>
          }
          items={[
            { label: 'Edit', onSelect: () => act('edit') },
            { label: 'Rotate', disabled: apiKey.revoked !== null, onSelect: () => act('rotate') },
            'line',
            {
              label: 'Revoke',
              danger: true,
              disabled: apiKey.revoked !== null,
              onSelect: () => act('revoke'),
            },
            { label: 'Remove', danger: true, onSelect: () => act('remove') },
          ]}
        />
      </ActionCell>
    </tr>
  );
}

function Standing({ apiKey: { role, revoked, expires, oldUntil } }: { readonly apiKey: CallerKey }) {
  const now = useNow(10_000);
  const isExpired = expires !== null && Date.parse(expires) < now;
  return (
    <>
      {role !== 'caller' && <Tag tone="busy">{role}</Tag>}
      {revoked !== null && <Tag tone="bad">revoked</Tag>}
      {revoked === null && isExpired && <Tag tone="bad">expired</Tag>}
      {revoked === null && !isExpired && expires !== null && <Tag>until {dateTime(expires)}</Tag>}
      {oldUntil !== null && Date.parse(oldUntil) > now && (
        <Tag tone="warn">old one until {dateTime(oldUntil)}</Tag>
      )}
    </>
  );
}

function LastUse({ apiKey: { lastUsed, running } }: { readonly apiKey: CallerKey }) {
  const now = useNow(10_000);
  const past = lastUsed === null ? 'never used' : age(lastUsed, now);
  return (
    <>
      {lastUsed === null || past === 'now' ? past : `${past} ago`}
      {running > 0 && <span className="block text-xs text-ink-soft">{running} running</span>}
    </>
  );
}

function scopeWords({ models, providers }: CallerKey): string {
  const told = models.includes('*') ? 'all models' : models.join(', ') || 'no model';
  return providers.includes('*') ? told : `${told}, by ${providers.join(', ') || 'no provider'}`;
}
