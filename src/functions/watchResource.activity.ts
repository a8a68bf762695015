import { app } from 'durable-functions';
import { watchResourceActivity } from '../orchestrations/flow.ts';
import { triggerServices } from '../composition/invocationServices.ts';
import type { ResourceWatch, ResourceWatched } from '../runs/activities.ts';
import { getServices } from '../composition/services.ts';
import { watchResource } from '../triggers/resourceWatch.ts';

app.activity(watchResourceActivity, {
  handler: async (watch: ResourceWatch, context): Promise<ResourceWatched> => {
    const services = getServices();
    const writtenSince = await watchResource(triggerServices(services, context), watch);
    return { writtenSince, waitSeconds: services.settings.minimumPollSeconds };
  },
});
