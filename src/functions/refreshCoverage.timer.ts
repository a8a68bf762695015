import { app } from '@azure/functions';
import { coverageTick } from '../coverage/refresh.ts';
import { coverageServices } from '../composition/invocationServices.ts';
import { ticking } from '../watchdog/watchdog.ts';

app.timer('refreshCoverage', {
  schedule: '15 * * * * *',
  // The next tick makes up for a missed one: nothing need be stored about each.
  useMonitor: false,
  handler: ticking('refreshCoverage', (...given) => coverageTick(coverageServices(...given))),
});
