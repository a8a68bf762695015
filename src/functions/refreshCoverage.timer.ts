import { app } from '@azure/functions';
import { coverageTick } from '../coverage/coverageTick.ts';
import { coverageServices } from '../composition/invocationServices.ts';
import { getServices } from '../composition/services.ts';

app.timer('refreshCoverage', {
  schedule: '15 * * * * *',
  // The next tick makes up for a missed one: nothing need be stored about each.
  useMonitor: false,
  handler: (_tick, context) => coverageTick(coverageServices(getServices(), context)),
});
