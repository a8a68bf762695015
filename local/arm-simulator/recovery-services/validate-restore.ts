import type { Route } from '../core.ts';
import type { ArmReply } from '../exchange.ts';
import { pollHeaders } from '../poll-links.ts';
import { empty, json, serviceError } from '../replies.ts';
import { startOperation } from './accept.ts';
import { itemId } from './item-body.ts';
import { validationLinks } from './operation-links.ts';
import { readRestore } from './restore-route.ts';
import type { Restore } from './restore.ts';
import type { RecoveryServices } from './state.ts';
import {
  action,
  askedProperties,
  dataSourceNotFound,
  invalidInput,
  inVault,
  type VaultCall,
  vaultPath,
} from './vault-call.ts';

/** Validation of a machine's restore before it is made. */
export function validateRestoreRoutes(rsv: RecoveryServices): Route[] {
  return [
    {
      name: 'recoveryServices.validateRestore',
      method: 'POST',
      path: `${vaultPath}/backupTriggerValidateOperation`,
      action: action('backupTriggerValidateOperation/action'),
      handle: inVault(rsv, validate),
    },
    {
      name: 'recoveryServices.validationResult',
      method: 'GET',
      path: `${vaultPath}/backupValidateOperationResults/{operation}`,
      action: action('backupValidateOperationResults/read'),
      bucket: 'provider',
      handle: inVault(rsv, validationResult),
    },
  ];
}

/** 202; the polled document holds the results, an empty list when the restore can be made. */
function validate(asked: VaultCall): ArmReply {
  const { rsv, vault, call } = asked;
  const { id } = (call.body ?? {}) as { id?: string };
  const { objectType, restoreRequest } = askedProperties(call);
  if (objectType !== 'ValidateIaasVMRestoreOperationRequest' || typeof id !== 'string')
    return invalidInput('id and properties.objectType ValidateIaasVMRestoreOperationRequest are needed');
  const [itemPart = '', pointId = ''] = id.split('/recoveryPoints/');
  const item = [...vault.items.values()].find(
    (found) => itemId(vault, found).toLowerCase() === itemPart.toLowerCase(),
  );
  if (item === undefined) return dataSourceNotFound();
  const read = readRestore({ ...asked, item, variant: undefined }, pointId, restoreRequest);
  if ('status' in read) return read;
  const validationResults = resultsOf(read);
  const operation = startOperation(asked, {
    kind: 'validateRestore',
    subject: id,
    seconds: rsv.seed.timings.validateRestore,
    finish: () => ({
      kind: 'succeeded',
      properties: {
        objectType: 'OperationStatusValidateOperationExtendedInfo',
        validateOperationResponse: { validationResults },
      },
    }),
  });
  return empty(202, pollHeaders(call, validationLinks(call, operation.id)));
}

const resultsOf = ({ obstacle }: Restore) =>
  obstacle === undefined
    ? []
    : [
        {
          code: obstacle.code ?? String(obstacle.errorCode),
          message: obstacle.errorString,
          recommendations: [],
        },
      ];

function validationResult({ rsv, call }: VaultCall): ArmReply {
  const operation = rsv.core.operations.find(call.params['operation'] ?? '');
  if (operation === undefined)
    return serviceError(404, 'OperationNotFound', 'The specified operation was not found.');
  if (operation.outcome === undefined)
    return empty(202, pollHeaders(call, validationLinks(call, operation.id)));
  const { validateOperationResponse } = operation.outcome.properties as Record<string, unknown>;
  return json(200, { validateOperationResponse });
}
