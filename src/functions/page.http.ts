import { join, resolve } from 'node:path';
import { app, type HttpHandler } from '@azure/functions';
import { isOpenForDevelopment } from '../access/developmentGate.ts';
import { getServices } from '../composition/services.ts';
import { answerOfPage, readPageFiles, type PageConfig } from '../http/page.ts';
import type { Settings } from '../settings.ts';

// Beside the bundle; a module that is run from its source has no such place.
const folder = typeof __dirname === 'string' ? join(__dirname, 'ui') : resolve('dist/ui');

let reading: ReturnType<typeof readPageFiles> | undefined;

function configOf({ access }: Settings): PageConfig {
  if (isOpenForDevelopment(access)) return {};
  return { problem: 'Access control is not configured: this deployment answers no request.' };
}

/** The page, open to everyone: it holds nothing, and asks the API with its reader's token. */
const page: HttpHandler = async (request) => {
  const files = await (reading ??= readPageFiles(folder));
  const config = configOf(getServices().settings);
  const acceptEncoding = request.headers.get('accept-encoding') ?? '';
  return answerOfPage({ files, config }, request.params['path'] ?? '', acceptEncoding);
};

// A catch-all is the last to be asked: every other route goes before it.
app.http('page', { route: '{*path}', methods: ['GET'], authLevel: 'anonymous', handler: page });
