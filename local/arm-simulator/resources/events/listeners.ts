import { perCore } from '../per-core.ts';
import type { ResourceEvent } from './event-shapes.ts';

/** Functions in this process that are told of every event, before any webhook and whatever the filters. */
export const eventListenersOf = perCore(() => new Set<(event: ResourceEvent) => void>());
