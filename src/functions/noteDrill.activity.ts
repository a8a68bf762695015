import { app } from 'durable-functions';
import { noteDrillActivity } from '../orchestrations/drills/cleanUp.ts';
import { drillNoteServices } from '../composition/invocationServices.ts';
import { getServices } from '../composition/services.ts';
import type { DrillNote } from '../runs/activities.ts';
import { noteDrill } from '../drills/noteDrill.ts';

app.activity(noteDrillActivity, {
  handler: (note: DrillNote) => noteDrill(drillNoteServices(getServices()), note),
});
