// One fleet in a process of its own: what an earlier one has left in memory slows no later one.
import { runFleet } from './fleetCase.ts';
import type { FleetCase } from './fleetWorld.ts';
import { answer, argument } from './ownProcess.ts';

const figures = await runFleet(argument<FleetCase>());
answer({ ...figures, peakMegabytes: process.resourceUsage().maxRSS / 1024 });
