import { app } from '@azure/functions';
import { sendMessages } from '../notifications/sendMessages.ts';
import { notificationServices } from '../composition/invocationServices.ts';
import { ticking } from '../watchdog/watchdog.ts';

app.timer('sendNotifications', {
  schedule: '30 * * * * *',
  // The next tick makes up for a missed one: nothing need be stored about each.
  useMonitor: false,
  handler: ticking('sendNotifications', async (...given) =>
    sendMessages(await notificationServices(...given)),
  ),
});
