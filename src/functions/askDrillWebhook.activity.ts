import { app } from 'durable-functions';
import { getServices } from '../composition/services.ts';
import { askWebhook, type WebhookQuestion } from '../drills/noteDrill.ts';
import { askDrillWebhookActivity } from '../orchestrations/drills/drill.ts';

app.activity(askDrillWebhookActivity, {
  handler: (question: WebhookQuestion) => askWebhook(getServices().post, question),
});
