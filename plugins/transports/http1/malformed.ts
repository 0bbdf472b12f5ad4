/** What came is not HTTP/1.1, or so doubtful that nobody should guess what it means. The message says what of it. */
export class Malformed extends Error {
  readonly code = 'HTTP1_MALFORMED';
  override readonly name = 'Malformed';
}

/** What is to be sent is no request. The message names the part, never its value, which may be a secret. */
export class Unsendable extends Error {
  readonly code = 'HTTP1_UNSENDABLE';
  override readonly name = 'Unsendable';
}
