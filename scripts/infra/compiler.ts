// The Bicep compiler: one that is installed, or the published one by the ordinary NuGet client.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

const version = '0.49.2';
const fetchedInto = path.join(root, '.local', 'bicep');
const platform = `${process.platform === 'win32' ? 'win' : process.platform === 'darwin' ? 'osx' : 'linux'}-${process.arch}`;
const packageName = `Azure.Bicep.CommandLine.${platform}`;
const program = process.platform === 'win32' ? 'bicep.exe' : 'bicep';
const fetched = path.join(fetchedInto, packageName.toLowerCase(), version, 'tools', program);

/** What a command has printed and how it ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** Runs a program to its end; one that is not there ends with 127. */
export function run(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Ran {
  const done = spawnSync(command, [...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1', ...environment },
    maxBuffer: 1 << 28,
    timeout: 300_000,
  });
  return { code: done.status ?? 127, out: done.stdout ?? '', errors: done.stderr ?? '' };
}

/** Older compilers know no snapshots. */
const canSnapshot = (bicep: string): boolean => run(bicep, ['snapshot', '--help']).code === 0;

/** The compiler of this machine: on the PATH, the Azure CLI's own, or one fetched before; undefined when there is none. */
export function findCompiler(): string | undefined {
  const ofAzureCli = path.join(homedir(), '.azure', 'bin', program);
  return [process.env['BICEP'], 'bicep', ofAzureCli, fetched].find(
    (place) => place !== undefined && (place === 'bicep' || existsSync(place)) && canSnapshot(place),
  );
}

/** Fetches the compiler with `dotnet restore`; undefined where that cannot be done, and why is printed. */
export function fetchCompiler(): string | undefined {
  mkdirSync(fetchedInto, { recursive: true });
  const project = path.join(fetchedInto, 'bicep.csproj');
  writeFileSync(
    project,
    `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageDownload Include="${packageName}" Version="[${version}]" /></ItemGroup>
</Project>
`,
  );
  const restored = run('dotnet', ['restore', project, '--packages', fetchedInto, '--verbosity', 'quiet']);
  if (restored.code !== 0 || !existsSync(fetched)) {
    console.log(
      `The Bicep compiler could not be fetched: ${(restored.out + restored.errors).trim() || 'no dotnet'}`,
    );
    return undefined;
  }
  chmodSync(fetched, 0o755);
  return fetched;
}
