import { slotFor, ticketOf } from '../steps/exchange.ts';
import { listJobs, type JobList } from './listJobs.ts';
import { wantedBy } from './matchJobs.ts';
import type { Tracker } from './trackerRow.ts';
import type { TrackerServices } from './trackerServices.ts';
import type { HeldWatch } from './watch.ts';

/** Jobs start this much before the backup's answer at most, by the service's clock. */
const skewMs = 120_000;
const dayMs = 86_400_000;

/** The slot that a tracker's row keeps, ISO 8601 UTC. */
const keptSlot = ({ slotAt }: Tracker): string | undefined => (slotAt === '' ? undefined : slotAt);

/** One job in the vault is read by itself, which shows its progress: an empty list stands for it. Several are listed. */
export async function lookAtVault(
  services: TrackerServices,
  tracker: Tracker,
  open: readonly HeldWatch[],
): Promise<JobList> {
  const [only] = open;
  const known = only && (only.watch.jobId ?? only.watch.seen?.id);
  if (open.length === 1 && known !== undefined) return slotForOne(services, tracker, known);
  const now = services.clock().getTime();
  const oldest = Math.min(...open.map(({ watch }) => Date.parse(watch.sentAt)));
  const { service, vaultId } = tracker;
  return listJobs(services, {
    ...{ service, vaultId },
    span: {
      from: new Date(oldest - skewMs),
      to: new Date(now + dayMs),
      kinds: [...new Set(open.map(({ watch }) => watch.kind))],
    },
    wanted: wantedBy(open.map(({ watch }) => watch)),
    keptAt: keptSlot(tracker),
    keepRows: open.some(({ watch }) => watch.byItem && watch.jobId === undefined),
  });
}

/** A single read waits for its slot as a list does, not for the next list's turn. */
async function slotForOne(services: TrackerServices, tracker: Tracker, jobId: string): Promise<JobList> {
  const call = services.jobServices[tracker.service].readCall(tracker.vaultId, jobId);
  const slot = await slotFor(services, call, keptSlot(tracker));
  if (slot.kind === 'go') return { kind: 'read', jobs: [], requests: 0 };
  return { kind: 'late', until: slot.until, requests: 0, ticket: ticketOf(slot) };
}
