import { classes } from './classes.ts';

/** letters of the end that always stay: model names differ there */
const END = 16;

/** A name on one line; where it does not fit, its middle is left out. */
export function Middle({ text, className }: { readonly text: string; readonly className?: string }) {
  const at = Math.max(0, text.length - END);
  return (
    <span title={text} className={classes('inline-flex min-w-0 max-w-full', className)}>
      <span className="sr-only">{text}</span>
      {at > 0 && (
        <span aria-hidden="true" className="truncate whitespace-pre">
          {text.slice(0, at)}
        </span>
      )}
      <span aria-hidden="true" className="shrink-0 whitespace-pre">
        {text.slice(at)}
      </span>
    </span>
  );
}
