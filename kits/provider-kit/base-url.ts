/** The parts of the URL where an API begins. */
export interface BaseUrl {
  readonly origin: string;
  /** its path, without a slash at the end */
  readonly prefix: string;
  /** the query that each request gets, with its `?`; '': none */
  readonly query: string;
  /** `user:password@` as a header's value */
  readonly basic: string | undefined;
}

/** @param url has passed the check of the config */
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

/** Adds the query that each request gets to a path, and drops the caller's parameters of the same names. */
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

/** Decodes percent escapes; a text with a bare percent sign stays as it is. */
function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
