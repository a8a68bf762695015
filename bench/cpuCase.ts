// CPU of one fleet, by whose code it was: the app's, or that of what stands for Azure here.
import { resourceUsage } from 'node:process';
import { profiled } from './cpuProfile.ts';
import { runFleet } from './fleetCase.ts';
import type { FleetCase } from './fleetWorld.ts';
import { answer, argument } from './ownProcess.ts';

const before = resourceUsage();
const profile = await profiled(() => runFleet(argument<FleetCase>()));
const after = resourceUsage();
const micros = after.userCPUTime - before.userCPUTime + after.systemCPUTime - before.systemCPUTime;
answer({ cpuMs: micros / 1000, profile });
