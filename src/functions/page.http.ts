import { app } from '@azure/functions';
import { page } from '../http/page.ts';

// A catch-all is the last to be asked: every other route goes before it.
app.http('page', { route: '{*path}', methods: ['GET'], authLevel: 'anonymous', handler: page });
