import { app } from '@azure/functions';
import { answer } from '../http/answer.ts';
import { answerOfClosing } from '../http/runAnswer.ts';

app.http('closeRun', {
  route: 'api/runs/{id}/close',
  methods: ['POST'],
  authLevel: 'anonymous',
  handler: answer('closeRun', (call) => answerOfClosing(call)),
});
