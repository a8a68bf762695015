import { app, type HttpRequest, type HttpResponseInit } from '@azure/functions';
import { getServices } from '../composition/services.ts';
import { standingOf } from '../watchdog/standing.ts';
import { SettingsRefused } from '../settings.ts';
import { hasRole } from '../http/access.ts';
import { answerOfRefusal, HttpRefusal } from '../http/refusal.ts';

/** Open to everyone and told to no one in particular: names of settings, never values. In full with `Backups.Read`. */
async function health(request: HttpRequest): Promise<HttpResponseInit> {
  try {
    const services = getServices();
    const isFull = await hasRole(request, services, 'Backups.Read');
    const standing = await standingOf(services);
    return { status: 200, jsonBody: isFull ? standing : { status: standing.status } };
  } catch (error) {
    if (!(error instanceof SettingsRefused)) throw error;
    return answerOfRefusal(new HttpRefusal(503, { code: 'SettingsRefused', message: error.message }));
  }
}

app.http('health', { route: 'api/health', methods: ['GET'], authLevel: 'anonymous', handler: health });
