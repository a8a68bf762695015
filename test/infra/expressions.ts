import { expect } from 'vitest';

/** What Azure says of a cloud, as far as `infra` asks. Source: the clouds' published endpoints. */
export interface Cloud {
  readonly name: string;
  readonly resourceManager: string;
  readonly suffixes: { readonly storage: string };
  readonly authentication: { readonly loginEndpoint: string };
}

export const clouds: readonly Cloud[] = [
  {
    name: 'AzureCloud',
    resourceManager: 'https://management.azure.com/',
    suffixes: { storage: 'core.windows.net' },
    authentication: { loginEndpoint: 'https://login.microsoftonline.com/' },
  },
  {
    name: 'AzureUSGovernment',
    resourceManager: 'https://management.usgovcloudapi.net/',
    suffixes: { storage: 'core.usgovcloudapi.net' },
    authentication: { loginEndpoint: 'https://login.microsoftonline.us/' },
  },
  {
    name: 'AzureChinaCloud',
    resourceManager: 'https://management.chinacloudapi.cn/',
    suffixes: { storage: 'core.chinacloudapi.cn' },
    authentication: { loginEndpoint: 'https://login.chinacloudapi.cn/' },
  },
];

/** Properties that only a deployed resource has. */
const deployed: Readonly<Record<string, string>> = {
  clientId: '88888888-8888-8888-8888-888888888888',
  principalId: '99999999-9999-9999-9999-999999999999',
  ConnectionString: 'InstrumentationKey=00000000-0000-0000-0000-000000000000',
  endpoint: 'https://backups.westeurope.durabletask.io',
};

const formatted = (text: string, values: readonly string[]): string =>
  text.replace(/\{(\d+)\}/g, (_, at: string) => values[Number(at)] ?? '');

/** Splits arguments at the commas that lie in no parenthesis and no text. */
function argumentsIn(text: string): readonly string[] {
  const parts = text.match(/(?:'(?:[^']|'')*'|\((?:[^()']|'(?:[^']|'')*')*\)|[^,])+/g) ?? [];
  return parts.map((part) => part.trim());
}

function valueOf(expression: string, cloud: Cloud): string {
  if (/^'.*'$/s.test(expression)) return expression.slice(1, -1).replaceAll("''", "'");
  const asked = /^environment\(\)\.([\w.]+)$/.exec(expression)?.[1];
  if (asked !== undefined)
    return asked
      .split('.')
      .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], cloud) as string;
  const property = /^reference\(.*\)\.(\w+)$/.exec(expression)?.[1];
  if (property !== undefined && property in deployed) return deployed[property] ?? '';
  const inner = /^format\((.*)\)$/s.exec(expression)?.[1];
  if (inner === undefined) return expect.unreachable(`an expression that no test knows: ${expression}`);
  const [text = '', ...values] = argumentsIn(inner).map((part) => valueOf(part, cloud));
  return formatted(text, values);
}

/** A text of a snapshot as it will be in a cloud; secrets that are parameters are empty. */
export function inCloud(text: string, cloud: Cloud): string {
  if (text === "[parameters('notifyKey')]") return '';
  return /^\[.*\]$/s.test(text) ? valueOf(text.slice(1, -1), cloud) : text;
}
