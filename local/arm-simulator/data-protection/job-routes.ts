import type { ArmReply } from '../exchange.ts';
import { listReply, staleness } from '../paging.ts';
import { json } from '../replies.ts';
import type { Call, Route } from '../core.ts';
import { type Fault, notThere, refusal } from './errors.ts';
import { showJob } from './job-body.ts';
import { sameId, type DataProtectionState } from './state.ts';
import { vaultPath, withVault } from './vault-scope.ts';

const action = 'Microsoft.DataProtection/backupVaults/backupJobs/read';

/** Jobs of a vault: a list without any filter, newest first, and one job. */
export function jobRoutes(state: DataProtectionState): Route[] {
  const path = `${vaultPath}/backupJobs`;
  return [
    {
      name: 'dataProtection.listJobs',
      method: 'GET',
      path,
      action,
      bucket: 'provider',
      handle: withVault((call, vault) => listJobs(state, call, vault.id)),
    },
    {
      name: 'dataProtection.getJob',
      method: 'GET',
      path: `${path}/{job}`,
      action,
      bucket: 'provider',
      handle: withVault((call, vault) => {
        const job = state.jobs.get(`${vault.id}/backupJobs/${call.params['job']}`.toLowerCase());
        if (job === undefined || job.visibleFrom > call.now) return notThere();
        return job.readStatus === undefined
          ? json(200, showJob(job, call.now))
          : refusal(job.readStatus, internalError, state.core.seeded);
      }),
    },
  ];
}

const internalError: Fault = {
  code: 'InternalServerError',
  message: 'Microsoft Azure Backup encountered an internal error.',
};

function listJobs(state: DataProtectionState, call: Call, vaultId: string): ArmReply {
  const at = call.now - staleness(call);
  const rows = [...state.jobs.values()]
    .filter((job) => sameId(job.vaultId, vaultId) && job.startedAt <= at && job.visibleFrom <= at)
    .sort((a, b) => b.startedAt - a.startedAt)
    .map((job) => {
      const { properties, ...row } = showJob(job, at);
      return { properties: { ...properties, extendedInfo: null }, ...row };
    });
  return listReply(call, rows, { nullNextLink: true, defaultPageSize: state.settings.jobPageSize });
}
