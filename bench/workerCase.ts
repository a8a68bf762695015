// The app's own work at a size, its rows in another process: what this one uses is the app's.
import { resourceUsage } from 'node:process';
import { batchAlone } from './batchAlone.ts';
import { answer, argument } from './ownProcess.ts';
import { startRemoteTables } from './remoteTables.ts';
import { trackAlone } from './trackerAlone.ts';

/** What to do, how often. */
export interface WorkerCase {
  readonly subject: 'nothing' | 'tracker' | 'batch' | 'tracker and batch';
  readonly backups: number;
  /** Path of the program that keeps the rows: this one may have been bundled elsewhere. */
  readonly rowServer: string;
}

/** CPU of this process in milliseconds, user and system. */
function cpuMs(): number {
  const { userCPUTime, systemCPUTime } = resourceUsage();
  return (userCPUTime + systemCPUTime) / 1000;
}

const { subject, backups, rowServer } = argument<WorkerCase>();
const { captureFunctions } = await import('../local/functions-host/registry.ts');
captureFunctions();
await import('../src/main.ts');
const tables = startRemoteTables(rowServer);
const before = cpuMs();
if (subject.startsWith('tracker')) await trackAlone(backups, tables.table('watches'));
if (subject.endsWith('batch')) await batchAlone(backups, tables);
const used = cpuMs() - before;
answer({ cpuMs: used, peakMegabytes: resourceUsage().maxRSS / 1024 });
