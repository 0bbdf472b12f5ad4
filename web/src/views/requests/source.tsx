import { copyText } from '../../shell/copy.ts';
import { bytes } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Scroller } from '../../ui/scroller.tsx';

interface Props {
  readonly label: string;
  readonly text: string;
  /** bytes of the whole text, where only its beginning is shown */
  readonly whole?: number;
}

/** A text verbatim, to read and to copy. */
export function Source({ label, text, whole }: Props) {
  const isCut = whole !== undefined && whole > new Blob([text]).size;
  return (
    <div className="grid gap-2">
      <div className="flex items-center justify-between gap-2">
        <span className="text-xs text-ink-soft">
          {isCut && `only the beginning of ${bytes(whole)} is kept`}
        </span>
        <Button small onClick={() => void copyText(text)}>
          <Icon name="copy" /> Copy
        </Button>
      </div>
      <Scroller label={label} className="max-h-[55dvh] overflow-auto rounded-md border bg-sunken p-3">
        <pre className="font-mono text-xs">{pretty(text)}</pre>
      </Scroller>
    </div>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
