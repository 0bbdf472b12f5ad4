import type { Tokens } from 'marked';
import { Inline } from './inline.tsx';

const ALIGNED = { left: 'text-left', center: 'text-center', right: 'text-right' } as const;

export function Table({ table: { header, rows } }: { readonly table: Tokens.Table }) {
  return (
    <div className="overflow-x-auto" role="region" aria-label="Table" {...focusable}>
      <table className="border-collapse">
        <thead>
          <tr>
            {header.map((cell, index) => (
              <th key={index} scope="col" className={`border px-2.5 py-1 font-semibold ${aligned(cell)}`}>
                <Inline tokens={cell.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, index) => (
                <td key={index} className={`border px-2.5 py-1 ${aligned(cell)}`}>
                  <Inline tokens={cell.tokens} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const aligned = ({ align }: Tokens.TableCell): string => ALIGNED[align ?? 'left'];

/** It scrolls, also by keyboard. */
const focusable = { tabIndex: 0 };
