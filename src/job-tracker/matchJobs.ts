import type { ListedJob } from './jobService.ts';
import type { Watch } from './watch.ts';

/** The part of a watch by which its job is recognised. */
export type Sought = Pick<Watch, 'jobId' | 'attemptId' | 'seen'>;

const lastSegment = (id: string): string => id.slice(id.lastIndexOf('/') + 1).toLowerCase();

/** Job ids compare by their GUID: one service names jobs by it, the other by a whole ARM id. */
export const jobKeyOf = (id: string): string => lastSegment(id);

const knownJob = ({ jobId, seen }: Sought): string | undefined => jobId ?? seen?.id;

/** Whether a row is any of the watched jobs. */
export function wantedBy(watches: readonly Sought[]): (job: ListedJob) => boolean {
  const ids = new Set(watches.flatMap((watch) => knownJob(watch) ?? []).map(jobKeyOf));
  const attempts = new Set(watches.map(({ attemptId }) => attemptId.toLowerCase()).filter(Boolean));
  return ({ jobId, activityId }) => ids.has(jobKeyOf(jobId)) || attempts.has(activityId.toLowerCase());
}

/** Finds the row of each watch: by the job's id, else *adopted* by the attempt's id in the row's activity id. */
export function matcherOf(jobs: readonly ListedJob[]): (watch: Sought) => ListedJob | undefined {
  const byId = new Map(jobs.map((job) => [jobKeyOf(job.jobId), job]));
  const byActivity = new Map(
    jobs.filter(({ activityId }) => activityId).map((job) => [job.activityId.toLowerCase(), job]),
  );
  return (watch) => {
    const known = knownJob(watch);
    if (known !== undefined) return byId.get(jobKeyOf(known));
    return byActivity.get(watch.attemptId.toLowerCase());
  };
}
