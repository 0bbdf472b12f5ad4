/** What came is not what it should be: a fault of its sender's. Its message goes on from 'it sent'. */
export class Malformed extends Error {
  override readonly name: string = 'Malformed';
}
