/** The bytes are not HTTP/1.1, or too ambiguous to guess what they mean. The message names the part. */
export class Malformed extends Error {
  readonly code = 'HTTP1_MALFORMED';
  override readonly name = 'Malformed';
}

/** The request cannot be sent. The message names the part, never its value, which may be a secret. */
export class Unsendable extends Error {
  readonly code = 'HTTP1_UNSENDABLE';
  override readonly name = 'Unsendable';
}
