import { app } from 'durable-functions';
import { watchResourceActivity } from '../orchestrations/activities.ts';
import { triggerServices } from '../planServices.ts';
import type { ResourceWatch, ResourceWatched } from '../runs/planWork.ts';
import { getServices } from '../services.ts';
import { watchResource } from '../triggers/resourceWatch.ts';

app.activity(watchResourceActivity, {
  handler: async (watch: ResourceWatch, context): Promise<ResourceWatched> => {
    const services = getServices();
    const lookAgain = await watchResource(triggerServices(services, context), watch);
    return { lookAgain, waitSeconds: services.settings.minimumPollSeconds };
  },
});
