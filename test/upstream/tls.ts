import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'fixtures', 'tls');

/** A self-signed certificate for localhost and 127.0.0.1, or for a name beside them, and its key, which is public. */
export function testCertificate(of: 'localhost' | 'api.example.test' = 'localhost'): {
  readonly cert: string;
  readonly key: string;
} {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return { cert: read(`${of}.cert.pem`), key: read(`${of}.key.pem`) };
}
