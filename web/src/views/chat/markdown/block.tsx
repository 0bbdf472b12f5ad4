import type { Token, Tokens } from 'marked';
import { CodeBlock } from './code-block.tsx';
import { Inline } from './inline.tsx';
import { Table } from './table.tsx';

/** Block elements. */
export function Block({ token }: { readonly token: Token }) {
  switch (token.type) {
    case 'heading':
      return <Heading heading={token as Tokens.Heading} />;
    case 'code': {
      const { text, lang } = token as Tokens.Code;
      return <CodeBlock code={text} language={lang} />;
    }
    case 'blockquote':
      return (
        <blockquote className="grid gap-2 border-l-3 border-line-strong pl-3 text-ink-soft">
          <Blocks tokens={(token as Tokens.Blockquote).tokens} />
        </blockquote>
      );
    case 'list':
      return <List list={token as Tokens.List} />;
    case 'table':
      return <Table table={token as Tokens.Table} />;
    case 'hr':
      return <hr />;
    case 'paragraph':
      return (
        <p>
          <Inline tokens={(token as Tokens.Paragraph).tokens} />
        </p>
      );
    case 'space':
    case 'def':
      return null;
    default:
      return <Plain token={token} />;
  }
}

const Blocks = ({ tokens }: { readonly tokens: readonly Token[] }) =>
  tokens.map((token, index) => <Block key={index} token={token} />);

const SIZES = ['text-lg', 'text-base', 'text-[0.875rem]'] as const;

/** Below the headings of the page, which are two levels deep. */
function Heading({ heading: { depth, tokens } }: { readonly heading: Tokens.Heading }) {
  const Level = `h${Math.min(6, depth + 2)}` as 'h3' | 'h4' | 'h5' | 'h6';
  return (
    <Level className={`mt-1 font-semibold ${SIZES[Math.min(depth, SIZES.length) - 1]}`}>
      <Inline tokens={tokens} />
    </Level>
  );
}

function List({ list: { ordered, start, items } }: { readonly list: Tokens.List }) {
  const told = items.map((item, index) => (
    <li key={index} className={item.task ? 'list-none' : ''}>
      {item.task && (
        <input
          type="checkbox"
          disabled
          checked={item.checked ?? false}
          aria-label={item.checked ? 'done' : 'to do'}
          className="mr-2 -ml-5"
        />
      )}
      <div className={item.task ? 'inline' : 'grid gap-1.5'}>
        <Blocks tokens={item.tokens.filter(({ type }) => type !== 'checkbox')} />
      </div>
    </li>
  ));
  if (!ordered) return <ul className="grid list-disc gap-1 pl-5">{told}</ul>;
  return (
    <ol start={start === '' ? 1 : start} className="grid list-decimal gap-1 pl-6">
      {told}
    </ol>
  );
}

/** HTML and unknown elements: as text. */
function Plain({ token }: { readonly token: Token }) {
  if ('tokens' in token && token.tokens)
    return (
      <p>
        <Inline tokens={token.tokens} />
      </p>
    );
  return <p className="whitespace-pre-wrap">{token.raw.trimEnd()}</p>;
}
