import { app, type HttpResponseInit } from '@azure/functions';
import { getServices } from '../composition/services.ts';
import { SettingsRefused } from '../settings.ts';
import { answerOfRefusal, HttpRefusal } from '../http/refusal.ts';

/** Open to everyone and told to no one in particular: names of settings, never values. */
function health(): HttpResponseInit {
  try {
    getServices();
    return { status: 200, jsonBody: { status: 'healthy' } };
  } catch (error) {
    if (!(error instanceof SettingsRefused)) throw error;
    return answerOfRefusal(new HttpRefusal(503, { code: 'SettingsRefused', message: error.message }));
  }
}

app.http('health', { route: 'api/health', methods: ['GET'], authLevel: 'anonymous', handler: health });
