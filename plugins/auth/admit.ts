import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Admission } from './admission.ts';

/** Checks each request of the app before anything else reads it. */
export function admitRequests(app: FastifyInstance, admission: Admission): void {
  const admitAgain: FastifyRequest['admitAgain'] = function (this: FastifyRequest, what) {
    admission.check(this, what);
  };
  app.addHook('onRequest', (request, _reply, done) => {
    // WebSockets and endless answers may outlive what their key may do.
    if (request.method === 'GET') request.admitAgain = admitAgain;
    try {
      admission.check(request);
    } catch (error) {
      return done(error as Error);
    }
    done();
  });
}
