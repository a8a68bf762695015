import type { GraphRow } from '../resources/graph/graph-sources.ts';
import { itemBody } from './item-body.ts';
import { jobBody } from './job-body.ts';
import type { RecoveryServices } from './state.ts';

/** Protected items and jobs of every vault, as Resource Graph's table `recoveryservicesresources` has them. */
export function graphRows({ core, vaults }: RecoveryServices): GraphRow[] {
  const now = core.clock.now();
  const itemView = { now, origin: 'https://management.azure.com', extended: false };
  const jobView = { now, apiVersion: '2025-08-01', detailed: false };
  return [...vaults.values()].flatMap((vault) => {
    const items = [...vault.items.values()].map((item) => itemBody(vault, item, itemView));
    const jobs = vault.jobs
      .filter(({ visibleAt }) => visibleAt <= now)
      .map((job) => jobBody(vault, job, jobView));
    return [...items, ...jobs].map((row) => graphRow(row, vault.seed.location));
  });
}

const graphRow = ({ id, name, type, properties }: Record<string, unknown>, location: string): GraphRow => ({
  id: String(id),
  name: String(name),
  type: String(type),
  location,
  properties,
});
