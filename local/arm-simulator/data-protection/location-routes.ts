import type { Route } from '../core.ts';
import { json } from '../replies.ts';

const location = '/subscriptions/{subscription}/providers/Microsoft.DataProtection/locations/{location}';
const groupLocation =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.DataProtection/locations/{location}';

/** What general clients ask of a location: every name is free, every feature is there. */
export function locationRoutes(): Route[] {
  const post = (name: string, path: string, answer: (body: unknown) => unknown): Route => ({
    name: `dataProtection.${name}`,
    method: 'POST',
    path: `${path}/${name}`,
    action: `Microsoft.DataProtection/locations/${name}/action`,
    bucket: 'provider',
    handle: ({ body }) => json(200, answer(body)),
  });
  return [
    post('checkNameAvailability', groupLocation, () => ({ nameAvailable: true })),
    post('checkFeatureSupport', location, (body) => ({
      featureType: (body as { featureType?: string } | undefined)?.featureType ?? 'DataSourceType',
      features: [],
      objectType: 'FeatureValidationResponse',
    })),
  ];
}
