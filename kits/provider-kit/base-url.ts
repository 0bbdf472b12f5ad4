/** Where an API begins, and what its URL says beside that. */
export interface BaseUrl {
  readonly origin: string;
  /** its path, without a slash at the end */
  readonly prefix: string;
  /** what goes with each request, with its `?`; '' where there is none */
  readonly query: string;
  /** `user:password@` as a header's value */
  readonly basic: string | undefined;
}

/** @param url one that the config has been checked for */
export function baseUrl(url: string): BaseUrl {
  const { origin, pathname, search, username, password } = new URL(url);
  const user = username === '' && password === '' ? undefined : `${plain(username)}:${plain(password)}`;
  return {
    origin,
    prefix: pathname.replace(/\/+$/, ''),
    query: search,
    basic: user === undefined ? undefined : `Basic ${Buffer.from(user).toString('base64')}`,
  };
}

/** A path with the query that goes with each request; what the caller says under the same names goes without. */
export function withQuery(path: string, query: string): string {
  if (query === '') return path;
  const mark = path.indexOf('?');
  if (mark < 0) return path + query;
  const ours = new URLSearchParams(query);
  const theirs = path
    .slice(mark + 1)
    .split('&')
    .filter((part) => part !== '' && ![...new URLSearchParams(part).keys()].some((name) => ours.has(name)));
  return [path.slice(0, mark) + query, ...theirs].join('&');
}

/** A percent sign of its own is one. */
function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
