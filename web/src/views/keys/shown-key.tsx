import type { MadeKey } from '../../api/types.ts';
import { copyText } from '../../shell/copy.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { INPUT } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';

/** The text of a key, which is shown this once. */
export function ShownKey({ made, onClose }: { readonly made: MadeKey; readonly onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`The key of ${made.name}`}
      description="It is shown this once: copy it now. Only its hash is stored."
    >
      <div className="grid gap-3">
        <input
          readOnly
          aria-label="Key"
          value={made.key}
          onFocus={(event) => event.target.select()}
          className={`${INPUT} w-full font-mono`}
        />
        <div className="flex justify-end gap-2">
          <Button look="primary" autoFocus onClick={() => void copyText(made.key, 'The key is copied')}>
            <Icon name="copy" />
            Copy
          </Button>
          <Button onClick={onClose}>Done</Button>
        </div>
      </div>
    </Dialog>
  );
}
