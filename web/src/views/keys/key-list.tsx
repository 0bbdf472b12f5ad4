import type { CallerKey } from '../../api/types.ts';
import { age, dateTime } from '../../format/time.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
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
/** on narrow screens these stand below the name */
const WIDE = 'hidden px-3 py-2 align-top lg:table-cell';

/** A row each. */
export function KeyList({ keys, act }: Props) {
  return (
    <table className="w-full border-collapse border-t text-left" aria-label="Keys of callers">
      <thead className="hidden lg:table-header-group">
        <tr>
          {HEADS.map((head) => (
            <th key={head} scope="col" className="eyebrow px-3 py-1.5">
              {head}
            </th>
          ))}
          <th scope="col" className="w-24">
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody className="divide-y border-t">
        {keys.map((key) => (
          <Row key={key.id} apiKey={key} act={(action) => act(action, key)} />
        ))}
      </tbody>
    </table>
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
      <th scope="row" className="px-3 py-2 align-top font-normal [overflow-wrap:anywhere]">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium">{name}</span>
          <Standing apiKey={apiKey} />
        </span>
        <span className="block font-mono text-xs text-ink-soft">{begins}…</span>
        <span className="block text-xs text-ink-soft lg:hidden">
          {[owner, ...labels].filter(Boolean).join(', ')} {scopeWords(apiKey)}
          <br />
          {limits || 'no limits'}
          <br />
          <LastUse apiKey={apiKey} />
        </span>
      </th>
      <td className={WIDE}>
        {owner ?? '–'}
        <span className="block text-xs text-ink-soft">{labels.join(', ')}</span>
      </td>
      <td className={`${WIDE} [overflow-wrap:anywhere]`}>{scopeWords(apiKey)}</td>
      <td className={WIDE}>{limits || 'none'}</td>
      <td className={WIDE}>
        <LastUse apiKey={apiKey} />
      </td>
      <td className="px-3 py-2 text-right align-top">
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
      </td>
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
