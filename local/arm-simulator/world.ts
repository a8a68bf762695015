import { z } from 'zod';
import { dataProtectionSeedSchema } from './data-protection/seed.ts';
import { recoveryServicesSeedSchema } from './recovery-services/seed.ts';
import {
  authorizationSeedSchema,
  eventsSeedSchema,
  eventSubscriptionSchema,
  resourceGraphSeedSchema,
} from './resources/seed.ts';
import { simulatorSettingsSchema } from './settings.ts';

const tags = z.record(z.string(), z.string());

const resourceGroup = z.strictObject({
  name: z.string(),
  location: z.string().default('westeurope'),
  tags: tags.default({}),
});

const subscription = z.strictObject({
  id: z.guid(),
  name: z.string().default('Simulated subscription'),
  resourceGroups: z
    .array(resourceGroup)
    .default([])
    .describe('Groups of listed resources are added by themselves.'),
});

/** One resource as ARM shows it, plus shorthands for its children. */
const resource = z.strictObject({
  id: z.string().startsWith('/subscriptions/').describe('Full ARM id; type and name follow from it.'),
  location: z.string().default('westeurope'),
  tags: tags.default({}),
  kind: z.string().optional(),
  sku: z.record(z.string(), z.unknown()).optional(),
  identity: z.record(z.string(), z.unknown()).optional(),
  managedBy: z.string().optional().describe('ARM id of the machine that a disk is attached to.'),
  properties: z.record(z.string(), z.unknown()).default({}),
  shares: z.array(z.string()).default([]).describe('Storage account: names of its file shares.'),
  containers: z.array(z.string()).default([]).describe('Storage account: names of its blob containers.'),
});

/** What a world file may say; each provider adds one section. Everything is optional. */
export const worldSchema = z.strictObject({
  $schema: z.string().optional(),
  tenantId: z.guid().default('11111111-1111-4111-8111-111111111111'),
  subscriptions: z
    .array(subscription)
    .default([])
    .describe('Subscriptions of listed resources are added by themselves.'),
  resources: z
    .array(resource)
    .default([])
    .describe('Storage accounts, disks, virtual machines and anything else with an ARM id.'),
  settings: simulatorSettingsSchema.prefault({}),
  recoveryServices: recoveryServicesSeedSchema.prefault({}),
  dataProtection: dataProtectionSeedSchema.prefault({}),
  authorization: authorizationSeedSchema.prefault({}),
  resourceGraph: resourceGraphSeedSchema.prefault({}),
  events: eventsSeedSchema.prefault({}),
  eventSubscriptions: z
    .array(eventSubscriptionSchema)
    .default([])
    .describe('Webhooks that are told of every write.'),
});

/** A parsed world. */
export type World = z.infer<typeof worldSchema>;

/** A world as written in a file, before defaults. */
export type WorldSeed = z.input<typeof worldSchema>;

/** A world with another's resources added; sections are joined by their providers, settings only when wanted. */
export function mergeWorlds(world: World, added: World, withSettings: boolean): World {
  return {
    ...world,
    subscriptions: [...world.subscriptions, ...added.subscriptions],
    resources: [...world.resources, ...added.resources],
    ...(withSettings && { settings: added.settings }),
  };
}
