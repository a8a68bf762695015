import { domainMutants } from './domainMutants.ts';
import { drillMutants } from './drillMutants.ts';
import { gateMutants } from './gateMutants.ts';
import { jobMutants } from './jobMutants.ts';
import { ledgerMutants } from './ledgerMutants.ts';
import type { Mutant } from './mutant.ts';
import { runMutants } from './runMutants.ts';

/** Every mistake that the tests or random worlds have to notice. */
export const mutants: readonly Mutant[] = [
  ...ledgerMutants,
  ...jobMutants,
  ...runMutants,
  ...gateMutants,
  ...drillMutants,
  ...domainMutants,
];
