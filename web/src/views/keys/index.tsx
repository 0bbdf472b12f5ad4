import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { callers } from '../../api/callers.ts';
import { giveKey } from '../../api/key.ts';
import { useAccess } from '../../api/role.ts';
import type { CallerKey, MadeKey } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Empty, QueryState } from '../../ui/states.tsx';
import { ViewHeader } from '../../ui/view-header.tsx';
import { KeyDialog } from './key-dialog.tsx';
import { KeyList } from './key-list.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';
import { RotateDialog } from './rotate-dialog.tsx';
import { ShownKey } from './shown-key.tsx';

export type KeyAction = 'edit' | 'rotate' | 'revoke' | 'remove';

/** Keys of callers: what each may do, and when it was used. */
export default function KeysView() {
  const query = useQuery(callers.keys());
  const access = useAccess();
  const [open, setOpen] = useState<{ readonly action: KeyAction | 'make'; readonly key?: CallerKey }>();
  const [made, setMade] = useState<MadeKey>();
  const close = (): void => setOpen(undefined);
  const show = (key: MadeKey): void => {
    close();
    setMade(key);
    // The first key closes the gateway, to this page too.
    if (access?.key === null && key.role === 'admin') giveKey(key.key, false);
  };
  return (
    <>
      <ViewHeader
        title="Keys"
        lead="Each caller’s key: its rights, its limits, and its last use."
        actions={
          <Button look="primary" changes="the gateway" onClick={() => setOpen({ action: 'make' })}>
            New key
          </Button>
        }
      />
      <Panel title="Keys of callers" flush>
        <QueryState query={query}>
          {(keys) =>
            keys.length === 0 ? (
              <Empty title="There are no keys yet.">
                The first one must be an admin’s. From then on every request must send a key.
              </Empty>
            ) : (
              <KeyList keys={keys} act={(action, key) => setOpen({ action, key })} />
            )
          }
        </QueryState>
      </Panel>
      {open && (open.action === 'make' || open.action === 'edit') && (
        <KeyDialog
          before={open.key}
          isFirst={query.data?.length === 0 && access?.key === null}
          onClose={close}
          onMade={show}
        />
      )}
      {open?.key && open.action === 'rotate' && (
        <RotateDialog name={open.key.name} onClose={close} onMade={show} />
      )}
      {open?.key && (open.action === 'revoke' || open.action === 'remove') && (
        <RevokeDialog apiKey={open.key} action={open.action} onClose={close} />
      )}
      {made && <ShownKey made={made} onClose={() => setMade(undefined)} />}
    </>
  );
}
