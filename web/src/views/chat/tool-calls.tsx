import { Icon } from '../../ui/icon.tsx';
import type { ToolCall } from './conversation/conversation.ts';

/** The tool calls it would make. Nothing is called from here. */
export function ToolCalls({ calls }: { readonly calls: readonly ToolCall[] }) {
  return (
    <ul aria-label="Tool calls" className="grid gap-2">
      {calls.map((call, index) => (
        <li key={call.id || index} className="rounded-md border bg-sunken px-3 py-2">
          <p className="flex items-center gap-2 text-xs">
            <Icon name="right" className="text-accent" />
            <span className="font-mono font-semibold">{call.name}</span>
            <span className="text-ink-faint">{call.id}</span>
          </p>
          <pre className="mt-1 font-mono text-xs [overflow-wrap:anywhere] whitespace-pre-wrap">
            {pretty(call.arguments)}
          </pre>
        </li>
      ))}
    </ul>
  );
}

/** Unparsed while it is incomplete. */
function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
