import { app } from '@azure/functions';
import { input } from 'durable-functions';
import { answer } from '../http/answer.ts';
import { answerOfMcp } from '../http/mcp.ts';
import { tools } from '../http/mcpTools.ts';

app.http('mcp', {
  route: 'api/mcp',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [input.durableClient()],
  handler: answer('mcp', (call) => answerOfMcp(call, tools)),
});
