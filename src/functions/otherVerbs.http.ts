import { app, type HttpMethod } from '@azure/functions';
import { answer } from '../http/answer.ts';
import { verbsAt } from '../http/description.ts';
import { noSuchPath, wrongVerb } from '../http/refusal.ts';

const everyVerb: HttpMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** What no other route of the API has taken: a path that is known answers other verbs, or there is no such path. */
app.http('otherVerbs', {
  route: 'api/{*path}',
  methods: everyVerb,
  authLevel: 'anonymous',
  handler: answer('otherVerbs', async ({ request }) => {
    const allowed = verbsAt(`/api/${request.params['path'] ?? ''}`);
    throw allowed.length === 0 ? noSuchPath() : wrongVerb(request.method, allowed);
  }),
});
