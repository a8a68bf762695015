import { app } from '@azure/functions';
import { sendMessages } from '../notifications/sendMessages.ts';
import { notificationServices } from '../composition/invocationServices.ts';
import { getServices } from '../composition/services.ts';

app.timer('sendNotifications', {
  schedule: '30 * * * * *',
  // The next tick makes up for a missed one: nothing need be stored about each.
  useMonitor: false,
  handler: async (_tick, context) =>
    void (await sendMessages(await notificationServices(getServices(), context))),
});
