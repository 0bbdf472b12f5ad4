import type { Provider } from '../../api/types.ts';
import { classes } from '../../ui/classes.ts';
import { LongBody } from '../../ui/long.tsx';
import { Panel } from '../../ui/panel.tsx';
import { ProviderRow } from './provider-row.tsx';

interface Props {
  readonly title: string;
  readonly aside?: React.ReactNode;
  readonly providers: readonly Provider[];
}

/** px of a row */
const HEIGHT = 46;

/** All providers: a row each. */
export function ProviderTable({ title, aside, providers }: Props) {
  return (
    <Panel title={title} aside={aside} flush>
      <div className="relative overflow-x-auto">
        <table aria-rowcount={providers.length + 1} className="w-full table-fixed border-collapse text-left">
          <thead>
            <tr className="border-y">
              <Head>Name and models</Head>
              <Head className="w-30 sm:w-2/5 lg:w-[26%]">State</Head>
              <Head className="hidden w-26 text-right lg:table-cell">In flight</Head>
              <Head className="hidden w-30 text-right lg:table-cell">First token</Head>
              <Head className="hidden w-20 text-right lg:table-cell">Errors</Head>
              <Head className="hidden w-24 text-right xl:table-cell">Memory</Head>
              <th scope="col" className="w-18 px-3 py-1.5">
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <LongBody count={providers.length} height={HEIGHT} className="divide-y">
            {(index, row) => {
              const provider = providers[index] as Provider;
              return <ProviderRow key={provider.name} provider={provider} row={row} />;
            }}
          </LongBody>
        </table>
      </div>
    </Panel>
  );
}

function Head({ className, children }: { readonly className?: string; readonly children: string }) {
  return (
    <th scope="col" className={classes('eyebrow px-3 py-1.5 whitespace-nowrap', className)}>
      {children}
    </th>
  );
}
