import type { Token, Tokens } from 'marked';
import { Fragment } from 'react';
import { Picture } from '../picture.tsx';

/** Inline elements. */
export const Inline = ({ tokens = [] }: { readonly tokens: readonly Token[] | undefined }) =>
  tokens.map((token, index) => <Piece key={index} token={token} />);

function Piece({ token }: { readonly token: Token }) {
  switch (token.type) {
    case 'strong':
      return (
        <strong className="font-semibold">
          <Inline tokens={(token as Tokens.Strong).tokens} />
        </strong>
      );
    case 'em':
      return (
        <em>
          <Inline tokens={(token as Tokens.Em).tokens} />
        </em>
      );
    case 'del':
      return (
        <del>
          <Inline tokens={(token as Tokens.Del).tokens} />
        </del>
      );
    case 'codespan':
      return (
        <code className="rounded bg-sunken px-1 py-0.5 font-mono text-[0.8125rem]">
          {(token as Tokens.Codespan).text}
        </code>
      );
    case 'br':
      return <br />;
    case 'link':
      return <Link link={token as Tokens.Link} />;
    case 'image': {
      const { href, text } = token as Tokens.Image;
      return <Picture url={href} says={text} />;
    }
    case 'html':
      // The one tag with a use in tables, whose cells have no line breaks.
      return /^<br\s*\/?>$/i.test(token.raw) ? <br /> : token.raw;
    default:
      return <Text token={token} />;
  }
}

function Link({ link: { href, tokens } }: { readonly link: Tokens.Link }) {
  const told = <Inline tokens={tokens} />;
  // A script would be a link, too.
  if (!/^(https?:|mailto:)/i.test(href)) return told;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener" className="text-accent underline">
      {told}
    </a>
  );
}

function Text({ token }: { readonly token: Token }) {
  if ('tokens' in token && token.tokens) return <Inline tokens={token.tokens} />;
  return <Fragment>{decoded('text' in token ? String(token.text) : token.raw)}</Fragment>;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': '\u00a0',
};

/** The few entities that models write. */
const decoded = (text: string): string =>
  text.replace(/&(?:amp|lt|gt|quot|#39|nbsp);/g, (entity) => ENTITIES[entity] as string);
