import { readFileSync, writeFileSync } from 'node:fs';
import { withCurrentSchemas } from './schema-document.ts';

const file = new URL('../../docs/simulator.md', import.meta.url);
writeFileSync(file, withCurrentSchemas(readFileSync(file, 'utf8')));
