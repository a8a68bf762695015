import { z } from 'zod';

/** The Recovery Services section of a world file. */
export const recoveryServicesSeedSchema = z.strictObject({});
