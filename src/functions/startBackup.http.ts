import { app } from '@azure/functions';
import { input } from 'durable-functions';
import type * as z from 'zod';
import { backupSchema, type RunRequest } from '../runs/request.ts';
import { HttpRefusal } from './http/refusal.ts';
import { acceptingRuns } from './http/runRequest.ts';

/** @throws HttpRefusal 501 for a batch: this version backs up one target per request. */
function backUp({ target, targets, rule: _rule, ...options }: z.infer<typeof backupSchema>): RunRequest {
  if (target) return { kind: 'backUp', target, ...options };
  const field = targets ? 'targets' : 'rule';
  const message = `This version takes one target per request; ${field} is not built yet.`;
  throw new HttpRefusal(501, { code: 'NotImplemented', message, target: field });
}

app.http('startBackup', {
  route: 'backups',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [input.durableClient()],
  handler: acceptingRuns(backupSchema, backUp),
});
