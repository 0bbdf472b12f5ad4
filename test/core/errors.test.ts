import t from 'tap';
import { errorCodes, GatewayError, meaningOf } from '../../core/errors.ts';

t.test("only a fault of the gateway's own has a trace, and what others throw keeps theirs", (t) => {
  const { stackTraceLimit } = Error;
  for (const code of errorCodes) {
    const { stack } = new GatewayError(code, 'what happened', { cause: new Error('why') });
    t.match(stack, /^GatewayError: what happened/, code);
    t.equal(stack?.includes('errors.test.ts'), meaningOf(code).fault === 'gateway', code);
    t.match(new Error('of a plugin').stack, 'errors.test.ts', `an error after ${code}`);
  }
  t.equal(Error.stackTraceLimit, stackTraceLimit);
  const thrown = new Error('of a plugin');
  t.equal(GatewayError.from(thrown).cause, thrown);
  t.match(thrown.stack, 'errors.test.ts');
  t.end();
});
