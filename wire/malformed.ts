/** Received data is invalid: a fault of the sender. The message continues "it sent". */
export class Malformed extends Error {
  override readonly name: string = 'Malformed';
}
