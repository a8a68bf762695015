import { resourceUsage } from 'node:process';
import { runFleet } from './fleetCase.ts';
import { trackAlone } from './trackerAlone.ts';

const [subject = 'all', backups = '1000'] = process.argv.slice(2);
const count = Number(backups);
const before = resourceUsage();
if (subject === 'all')
  await runFleet({ name: 'worker', backups: count, vaults: 1, jobSeconds: 600, quota: 'bucket' });
else await trackAlone(count);
const after = resourceUsage();
const cpuMs = (after.userCPUTime - before.userCPUTime + after.systemCPUTime - before.systemCPUTime) / 1000;
process.send?.({ cpuMs, peakMegabytes: after.maxRSS / 1024 }, () => process.exit(0));
