import { app } from 'durable-functions';
import { getServices } from '../composition/services.ts';
import type { WebhookQuestion } from '../runs/activities.ts';
import { askWebhook } from '../drills/recordDrill.ts';
import { askDrillWebhookActivity } from '../orchestrations/drills/drill.ts';

app.activity(askDrillWebhookActivity, {
  handler: (question: WebhookQuestion) => askWebhook(getServices().post, question),
});
