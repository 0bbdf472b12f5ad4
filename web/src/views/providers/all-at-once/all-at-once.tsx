import { useState } from 'react';
import type { Provider } from '../../../api/types.ts';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { DeedDialog } from './deed-dialog.tsx';
import { useAllAtOnce } from './use-all-at-once.ts';
import { DEEDS, whom, type Deed } from './whom.ts';

/** Start, stop, restart or install all programs. Each asks first, for it may be much. */
export function AllAtOnce({ providers }: { readonly providers: readonly Provider[] }) {
  const [deed, setDeed] = useState<Deed>();
  const act = useAllAtOnce();
  return (
    <>
      <Menu
        trigger={
          <Button busy={act.isPending}>
            All programs <Icon name="down" />
          </Button>
        }
        items={(Object.keys(DEEDS) as Deed[]).map((one) => ({
          label: DEEDS[one].title,
          icon: <Icon name={DEEDS[one].icon} />,
          disabled: whom(one, providers).length === 0,
          onSelect: () => setDeed(one),
        }))}
      />
      {deed !== undefined && (
        <DeedDialog
          deed={deed}
          providers={whom(deed, providers)}
          onClose={() => setDeed(undefined)}
          onConfirm={(chosen) => {
            setDeed(undefined);
            act.mutate({ deed, providers: chosen });
          }}
        />
      )}
    </>
  );
}
