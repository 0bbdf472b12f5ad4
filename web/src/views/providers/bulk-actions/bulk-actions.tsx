import { useState } from 'react';
import type { Provider } from '../../../api/types.ts';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { BulkActionDialog } from './bulk-action-dialog.tsx';
import { useBulkAction } from './use-bulk-action.ts';
import { BULK_ACTIONS, affectedBy, type BulkAction } from './bulk-action.ts';

/** Start, stop, restart or install all programs. Each asks first, for it may be much. */
export function BulkActions({ providers }: { readonly providers: readonly Provider[] }) {
  const [action, setAction] = useState<BulkAction>();
  const act = useBulkAction();
  return (
    <>
      <Menu
        trigger={
          <Button changes="the gateway" busy={act.isPending}>
            All programs <Icon name="down" />
          </Button>
        }
        items={(Object.keys(BULK_ACTIONS) as BulkAction[]).map((one) => ({
          label: BULK_ACTIONS[one].title,
          icon: <Icon name={BULK_ACTIONS[one].icon} />,
          disabled: affectedBy(one, providers).length === 0,
          onSelect: () => setAction(one),
        }))}
      />
      {action !== undefined && (
        <BulkActionDialog
          action={action}
          providers={affectedBy(action, providers)}
          onClose={() => setAction(undefined)}
          onConfirm={(chosen) => {
            setAction(undefined);
            act.mutate({ action, providers: chosen });
          }}
        />
      )}
    </>
  );
}
