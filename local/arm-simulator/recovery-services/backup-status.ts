import type { Datasource } from './names.ts';

/** `lastBackupStatus` of an item that has no backup yet; empty for machines. */
export const firstBackupStatus = ({ kind }: Datasource): string =>
  kind === 'AzureIaasVM' ? '' : 'IRPending';

/** `lastBackupStatus` after a good backup. */
export const completedStatus = ({ kind }: Datasource): string =>
  kind === 'AzureWorkload' ? 'Healthy' : 'Completed';
