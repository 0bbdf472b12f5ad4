import { copyText } from '../../../shell/copy.ts';
import { IconButton } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';

interface Props {
  readonly code: string;
  readonly language: string | undefined;
}

export function CodeBlock({ code, language }: Props) {
  return (
    <div className="rounded-md border bg-sunken">
      <div className="flex items-center justify-between border-b py-0.5 pr-1 pl-3">
        <span className="text-xs text-ink-soft">{language || 'text'}</span>
        <IconButton small label="Copy this code" onClick={() => void copyText(code)}>
          <Icon name="copy" />
        </IconButton>
      </div>
      <pre
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, also by keyboard
        tabIndex={0}
        role="region"
        aria-label={`Code, ${language || 'text'}`}
        className="overflow-x-auto p-3 font-mono text-xs"
      >
        <code>{code}</code>
      </pre>
    </div>
  );
}
