// `npm run doctor [-- --settings FILE] [--principal OBJECT_ID]`: what keeps an installation from working, with the command that mends it.
import { existsSync, readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { optionsOrExit } from '../local/commandLine.ts';
import { armClientOf, identity } from '../src/composition/services.ts';
import type { EstateServices } from '../src/estate/askArm.ts';
import { readSettings, type Environment, type Settings } from '../src/settings.ts';
import { textSource } from '../src/storage/textSource.ts';
import { examine, type Finding } from './doctor/examine.ts';

const values = optionsOrExit(
  { settings: { type: 'string' }, principal: { type: 'string' } },
  'npm run doctor -- [--settings FILE] [--principal OBJECT_ID]',
);

/** The environment, and beneath it a file: of the local host (`Values`), or what `az functionapp config appsettings list` prints. */
function environment(): Environment {
  const file = values.settings ?? (existsSync('local.settings.json') ? 'local.settings.json' : undefined);
  if (file === undefined) return process.env;
  const read = JSON.parse(readFileSync(file, 'utf8')) as
    | { readonly Values?: Record<string, string> }
    | readonly { readonly name: string; readonly value: string }[];
  const given = Array.isArray(read)
    ? Object.fromEntries(
        (read as readonly { name: string; value: string }[]).map(({ name, value }) => [name, value]),
      )
    : (read as { Values?: Record<string, string> }).Values;
  return { ...given, ...process.env };
}

const credentialOf = ({ identity: its }: Settings) => identity(its);

/** A token's claims; the token itself is kept nowhere. */
async function whoAmI(settings: Settings): Promise<{ objectId?: string; tenantId?: string }> {
  const token = await credentialOf(settings).getToken(`${settings.armAudience.replace(/\/$/, '')}/.default`);
  const payload = token?.token.split('.')[1] ?? '';
  try {
    const { oid, tid } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<
      string,
      unknown
    >;
    return {
      ...(typeof oid === 'string' && { objectId: oid }),
      ...(typeof tid === 'string' && { tenantId: tid }),
    };
  } catch {
    return {};
  }
}

/** A person waits: nothing is paced, and nothing is written to the app's storage. */
function estateOf(settings: Settings): EstateServices {
  const clock = () => new Date();
  return {
    arm: armClientOf(settings, credentialOf(settings), clock),
    pacer: { reserve: () => Promise.resolve({ kind: 'go' }), learn: () => Promise.resolve() },
    clock,
    newId: randomUUID,
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 2000))),
  };
}

const marks: Readonly<Record<Finding['kind'], string>> = {
  ok: 'ok     ',
  warning: 'warning',
  fault: 'FAULT  ',
};

const findings = await examine({
  readSettings: () => readSettings(environment()),
  readPlanText: async (settings) => {
    const read = await textSource(settings.planLocation, credentialOf(settings)).read();
    return read.kind === 'text' ? read.text : undefined;
  },
  whoAmI,
  estateOf,
  ...(values.principal !== undefined && { principalId: values.principal }),
});
for (const { kind, about, text, mend } of findings) {
  console.log(`${marks[kind]} ${about}: ${text}`);
  if (mend !== undefined) console.log(`        mend: ${mend}`);
}
const count = (kind: Finding['kind']): number => findings.filter((one) => one.kind === kind).length;
console.log(`${findings.length} looked at, ${count('warning')} warnings, ${count('fault')} faults`);
process.exitCode = count('fault') > 0 ? 1 : 0;
