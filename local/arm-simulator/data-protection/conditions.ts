import type { Fault } from './errors.ts';
import type { BackupInstance } from './state.ts';

/** 400 of every call that the instance's present state does not allow. */
export const invalidOperation: Fault = {
  code: 'UserErrorInvalidBackupInstanceOperation',
  message: 'The operation is not allowed in the current state of the backup instance.',
  recommendedAction: ['Wait until the running operation on the backup instance has ended and try again.'],
};

/** Whether protection of the instance is being set up, changed or removed just now. */
export const isInMotion = ({ state }: BackupInstance): boolean =>
  state === 'ConfiguringProtection' || state === 'UpdatingProtection' || state === 'SoftDeleting';
