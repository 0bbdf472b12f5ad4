import { lexer, type Token } from 'marked';
import { memo } from 'react';
import { Block } from './block.tsx';

/**
 * A text in Markdown, rendered as React elements: HTML in it is shown as text, and nothing in it is ever run or
 * fetched. While a text grows, only its last block renders.
 */
export default function Markdown({ text }: { readonly text: string }) {
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2.5 text-[0.875rem] leading-[1.375rem] [overflow-wrap:anywhere]">
      {lexer(text, { gfm: true }).map((token, index) => (
        // A block's key is its index: a text grows at its end.
        <Known key={index} token={token} />
      ))}
    </div>
  );
}

const Known = memo(
  ({ token }: { readonly token: Token }) => <Block token={token} />,
  (before, after) => before.token.type === after.token.type && before.token.raw === after.token.raw,
);
