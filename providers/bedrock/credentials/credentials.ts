/** What signs requests to AWS. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** ms since 1970; undefined: they do not end */
  readonly endsEpochMs?: number | undefined;
}

/** Where they may be: undefined means that this place has none, and an error that it has and does not give them. */
export type Place = () => Credentials | undefined | Promise<Credentials | undefined>;

/** As AWS's own services and programs write them. */
export interface Written {
  readonly AccessKeyId?: string;
  readonly SecretAccessKey?: string;
  readonly Token?: string;
  readonly SessionToken?: string;
  readonly Expiration?: string;
}

/** @param from for people. @throws Error where there are none in it */
export function readWritten(said: Written, from: string): Credentials {
  const { AccessKeyId, SecretAccessKey, Token, SessionToken = Token, Expiration } = said;
  if (!AccessKeyId || !SecretAccessKey) throw new Error(`${from} gave no credentials`);
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    ...(Expiration !== undefined && { endsEpochMs: Date.parse(Expiration) }),
  };
}
