import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';

/** Citations of web pages as chat's annotations; those of documents and searches have no URL, and no place there. */
export function annotationsOf(citations: readonly Json[]): Json[] {
  return citations.flatMap(({ title, location }) => {
    const web = isObject(location) && isObject(location.web) ? location.web : {};
    const url = stringOf(web.url);
    return url === '' ? [] : [{ type: 'url_citation', url_citation: { url, title: stringOf(title) } }];
  });
}
