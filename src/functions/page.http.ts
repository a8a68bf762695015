import { join, resolve } from 'node:path';
import { app, type HttpHandler } from '@azure/functions';
import type { TokenSettings } from '../access/accessSettings.ts';
import { getServices } from '../composition/services.ts';
import { answerOfPage, readPageFiles, type PageConfig } from '../http/page.ts';
import { SettingsRefused, type Settings } from '../settings.ts';

// Beside the bundle; a module that is run from its source has no such place.
const folder = typeof __dirname === 'string' ? join(__dirname, 'ui') : resolve('dist/ui');

let reading: ReturnType<typeof readPageFiles> | undefined;

/** The page is a client of the same registration: a token for oneself is asked for by the bare id. */
const signInOf = ({ issuer, audience }: TokenSettings): PageConfig['signIn'] => ({
  authority: issuer.replace(/\/v2\.0\/?$/, ''),
  clientId: audience,
  scope: `${audience}/.default`,
});

function configOf({ access: { tokens, isDevelopment } }: Settings): PageConfig {
  const signIn = tokens && signInOf(tokens);
  if (signIn) return { signIn };
  if (isDevelopment) return {};
  return { problem: 'Access control is not configured: this deployment answers no request.' };
}

function readConfig(): PageConfig {
  try {
    return configOf(getServices().settings);
  } catch (error) {
    // As health tells it: names of settings, never values.
    if (error instanceof SettingsRefused) return { problem: error.message };
    throw error;
  }
}

/** The page, open to everyone: it holds nothing, and asks the API with its reader's token. */
const page: HttpHandler = async (request) => {
  const files = await (reading ??= readPageFiles(folder));
  const config = readConfig();
  const acceptEncoding = request.headers.get('accept-encoding') ?? '';
  return answerOfPage({ files, config }, request.params['path'] ?? '', acceptEncoding);
};

// A catch-all is the last to be asked: every other route goes before it.
app.http('page', { route: '{*path}', methods: ['GET'], authLevel: 'anonymous', handler: page });
