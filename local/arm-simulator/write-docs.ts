import { writeFileSync } from 'node:fs';
import { referenceDocument } from './reference-document.ts';

writeFileSync(new URL('../../docs/simulator-reference.md', import.meta.url), referenceDocument());
