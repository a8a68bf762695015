import { json } from '../replies.ts';
import type { Route } from '../core.ts';
import { accepted, begin } from './accepted.ts';
import { instanceActions, instancePath, withInstance } from './instances.ts';
import type { DataProtectionState } from './state.ts';

const location = '/subscriptions/{subscription}/providers/Microsoft.DataProtection/locations/{location}';
const groupLocation =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.DataProtection/locations/{location}';

/** What is not played but asked by general clients: restores succeed without effect, features are all there. */
export function restoreRoutes(state: DataProtectionState): Route[] {
  const without = ['validateRestore', 'restore', 'rehydrate'].map((name): Route => ({
    name: `dataProtection.${name}`,
    method: 'POST',
    path: `${instancePath}/${name}`,
    action: `${instanceActions}/${name}/action`,
    handle: withInstance(state, (call, instance, vault) => {
      const operation = begin(state, call, {
        kind: name,
        vault,
        subject: instance.id,
        seconds: state.settings.seconds.validate,
        effect: 'none',
        finish: () => ({ kind: 'succeeded' }),
      });
      return accepted(call, vault, operation, 60);
    }),
  }));
  const locations = (name: string, path: string, answer: (body: unknown) => unknown): Route => ({
    name: `dataProtection.${name}`,
    method: 'POST',
    path: `${path}/${name}`,
    action: `Microsoft.DataProtection/locations/${name}/action`,
    bucket: 'provider',
    handle: ({ body }) => json(200, answer(body)),
  });
  return [
    ...without,
    locations('checkNameAvailability', groupLocation, () => ({ nameAvailable: true })),
    locations('checkFeatureSupport', location, (body) => ({
      featureType: (body as { featureType?: string } | undefined)?.featureType ?? 'DataSourceType',
      features: [],
      objectType: 'FeatureValidationResponse',
    })),
  ];
}
