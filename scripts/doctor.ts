// `npm run doctor [-- --settings FILE] [--principal OBJECT_ID]`: what keeps an installation from working, with the command that mends it.
import { existsSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { jsonFrom, orExit, readOptions, Refused } from '../local/commandLine.ts';
import { armClientOf, identity } from '../src/composition/services.ts';
import type { EstateServices } from '../src/estate/askArm.ts';
import { readSettings, type Environment, type Settings } from '../src/settings.ts';
import { textSource } from '../src/storage/textSource.ts';
import { examine, type Finding } from './doctor/examine.ts';

type SettingsFile =
  | { readonly Values?: Record<string, string> }
  | readonly { readonly name: string; readonly value: string }[]
  | null;

/** Settings of a file: of the local host (`Values`), or what `az functionapp config appsettings list` prints. @throws Refused */
function settingsIn(file: string): Environment {
  const read = jsonFrom(file) as SettingsFile;
  const given = Array.isArray(read)
    ? Object.fromEntries(
        (read as readonly { name: string; value: string }[]).map(({ name, value }) => [name, value]),
      )
    : (read as { Values?: Record<string, string> } | null)?.Values;
  if (given !== undefined) return given;
  throw new Refused(`${file} holds no settings: neither Values nor a list of names and values`);
}

/** The environment, and beneath it a file; what else the command line says. */
const { environment, principal } = orExit(
  'npm run doctor -- [--settings FILE] [--principal OBJECT_ID]',
  () => {
    const values = readOptions({ settings: { type: 'string' }, principal: { type: 'string' } });
    const file = values.settings ?? (existsSync('local.settings.json') ? 'local.settings.json' : undefined);
    const beneath = file === undefined ? {} : settingsIn(file);
    return { environment: { ...beneath, ...process.env }, principal: values.principal };
  },
);

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
  readSettings: () => readSettings(environment),
  readPlanText: async (settings) => {
    const read = await textSource(settings.planLocation, credentialOf(settings)).read();
    return read.kind === 'text' ? read.text : undefined;
  },
  whoAmI,
  estateOf,
  ...(principal !== undefined && { principalId: principal }),
});
for (const { kind, about, text, mend } of findings) {
  console.log(`${marks[kind]} ${about}: ${text}`);
  if (mend !== undefined) console.log(`        mend: ${mend}`);
}
const count = (kind: Finding['kind']): number => findings.filter((one) => one.kind === kind).length;
console.log(`${findings.length} looked at, ${count('warning')} warnings, ${count('fault')} faults`);
process.exitCode = count('fault') > 0 ? 1 : 0;
