import type { Program } from '../../api/types.ts';
import { Icon } from '../../ui/icon.tsx';

/** What a person should know of a program before it runs here: its author, the files it writes, its risks. */
export function Notes({ program }: { readonly program: Program }) {
  const { source, toolchain, notes } = program;
  const { licence, writes = [], risks = [] } = notes ?? {};
  return (
    <dl className="grid gap-3">
      <Note title="Where it comes from">
        {source ? <span className="font-mono text-xs break-all">{source}</span> : packagesOf(toolchain)}
      </Note>
      <Note title="Licence">{licence ?? 'None stated.'}</Note>
      <Note title="Files it writes">{writes.length === 0 ? 'Nothing known.' : <List items={writes} />}</Note>
      <Note title="Risks">
        {risks.length === 0 ? (
          'None known.'
        ) : (
          <div className="flex items-start gap-2 rounded-md bg-warn-soft px-3 py-2 text-warn">
            <Icon name="warning" className="mt-0.5" />
            <List items={risks} />
          </div>
        )}
      </Note>
    </dl>
  );
}

const REGISTRIES: Readonly<Record<string, string>> = {
  python: 'PyPI',
  node: 'npm',
  deno: 'npm and JSR',
  go: 'the Go module proxy',
};

/** A program without code of its own. */
function packagesOf(toolchain: string | null | undefined): string {
  if (!toolchain) return 'Already on this machine; nothing is downloaded.';
  return `Packages from ${REGISTRIES[toolchain] ?? `the registry of ${toolchain}`}.`;
}

function Note({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <div className="grid gap-1">
      <dt className="eyebrow">{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function List({ items }: { readonly items: readonly string[] }) {
  return (
    <ul className="grid gap-1">
      {items.map((item) => (
        <li key={item} className="[overflow-wrap:anywhere]">
          {item}
        </li>
      ))}
    </ul>
  );
}
