import { z } from 'zod';

const replyFault = z.strictObject({
  kind: z.literal('reply'),
  when: z
    .enum(['before', 'after'])
    .default('before')
    .describe('`after`: the call has its effect, only the answer is replaced.'),
  status: z.int().min(100).max(599),
  shape: z
    .enum([
      'gateway',
      'service',
      'serviceWithNulls',
      'dataProtection',
      'legacy',
      'errorCodeHeader',
      'html',
      'empty',
      'emptyObject',
    ])
    .default('service')
    .describe('errorCodeHeader: the code in `x-ms-error-code`, no body.'),
  code: z.string().default('CloudInternalError'),
  message: z.string().default('Microsoft Azure Backup encountered an internal error.'),
  headers: z.record(z.string(), z.string()).default({}),
});

const dropFault = z.strictObject({
  kind: z.literal('drop'),
  when: z
    .enum(['before', 'after'])
    .default('before')
    .describe('`after`: the call has its effect, the answer is lost.'),
});

const delayFault = z.strictObject({
  kind: z.literal('delay'),
  seconds: z.number().nonnegative(),
  when: z
    .enum(['before', 'after'])
    .default('after')
    .describe('Whether the effect comes before or after the wait.'),
});

const pollUrlFault = z.strictObject({
  kind: z.literal('pollUrl'),
  variant: z
    .enum([
      'foreignHost',
      'http',
      'userinfo',
      'relative',
      'mixed',
      'unsigned',
      'asyncOnly',
      'locationOnly',
      'doubled',
      'none',
    ])
    .describe('What becomes of Azure-AsyncOperation and Location; `mixed`: only the first stays signed.'),
  host: z.string().default('management.example.net'),
});

const headersFault = z.strictObject({
  kind: z.literal('headers'),
  set: z.record(z.string(), z.string()).default({}),
  remove: z.array(z.string()).default([]),
});

const bodyFault = z.strictObject({
  kind: z.literal('body'),
  merge: z
    .record(z.string(), z.unknown())
    .describe('JSON merge patch (RFC 7396) of the answer; a list’s rows are each patched under `value`.'),
});

const listFault = z.strictObject({
  kind: z.literal('list'),
  variant: z
    .enum(['stale', 'cut', 'shift', 'empty'])
    .describe(
      'stale: the rows of `seconds` ago; cut: silently at `rows`; shift: the next page begins one row late; empty: no row.',
    ),
  rows: z.int().positive().default(400),
  seconds: z.number().nonnegative().default(60),
});

const operationFault = z.strictObject({
  kind: z.literal('operation'),
  status: z
    .enum(['Succeeded', 'Failed', 'Canceled'])
    .describe('How the operation that this call starts will end.'),
  code: z.string().default('CloudInternalError'),
  message: z.string().default('Microsoft Azure Backup encountered an internal error.'),
  withError: z.boolean().default(false).describe('With Succeeded: an `error` beside it.'),
  withoutProperties: z.boolean().default(false).describe('With Succeeded: no job id.'),
  withoutEffect: z
    .boolean()
    .default(false)
    .describe('With Succeeded: nothing of what was asked has been done.'),
  seconds: z.number().nonnegative().optional().describe('Length of the operation.'),
});

const pollsFault = z.strictObject({
  kind: z
    .literal('polls')
    .describe(
      'What this call starts has its effect, but every poll of its operation is answered so, for ever.',
    ),
  status: z.int().min(400).max(599).default(500),
  code: z.string().default('CloudInternalError'),
  message: z.string().default('Microsoft Azure Backup encountered an internal error.'),
  readable: z.int().nonnegative().default(0).describe('First polls that are still answered as usual.'),
});

const jobFault = z.strictObject({
  kind: z.literal('job'),
  status: z.enum(['Completed', 'CompletedWithWarnings', 'Failed', 'Cancelled']).default('Completed'),
  seconds: z.number().nonnegative().optional(),
  errorCode: z.int().default(400_001),
  errorString: z.string().default('The backup failed with an internal error.'),
  hiddenSeconds: z
    .number()
    .nonnegative()
    .default(0)
    .describe('The job reads 404 and is not listed for so long.'),
  readStatus: z
    .int()
    .min(400)
    .max(599)
    .optional()
    .describe('The job is listed, but reading it alone is answered so, for ever.'),
});

const restoredFault = z.strictObject({
  kind: z.literal('restored').describe('What comes back of a restore whose job completes.'),
  variant: z
    .enum(['empty', 'corrupt'])
    .describe(
      'empty: nothing; corrupt: disks of half the size, one container less, a third of the files failed.',
    ),
});

const statusAtResultFault = z.strictObject({
  kind: z.literal('statusAtResult').describe('A result URL answers with the status document.'),
});

const signatureFault = z.strictObject({ kind: z.literal('signatureRefused') });

/** One line of a fault table. */
const faultRuleSchema = z.strictObject({
  on: z.string().describe('Route name; a trailing * matches the rest: `recoveryServices.*`.'),
  path: z.string().optional().describe('Only requests whose URL contains this text (no case).'),
  nth: z.int().positive().default(1).describe('First matching request that is hit, counted from 1.'),
  times: z.int().nonnegative().default(1).describe('How many in a row; 0 = for ever.'),
  fault: z.discriminatedUnion('kind', [
    replyFault,
    dropFault,
    delayFault,
    pollUrlFault,
    headersFault,
    bodyFault,
    listFault,
    operationFault,
    pollsFault,
    jobFault,
    restoredFault,
    statusAtResultFault,
    signatureFault,
  ]),
});

/** A fault table: a JSON file holds the same list. */
export const faultTableSchema = z.array(faultRuleSchema);

/** A parsed line, see {@link faultRuleSchema}. */
type FaultRule = z.infer<typeof faultRuleSchema>;

/** A line as written. */
export type FaultRuleSeed = z.input<typeof faultRuleSchema>;

/** What may go wrong, by kind. */
export type Fault = FaultRule['fault'];

/** What a `restored` fault of a call says of its restore; undefined: all comes back. */
export const restoredVariant = (faults: readonly Fault[]): 'empty' | 'corrupt' | undefined =>
  faults.find((fault) => fault.kind === 'restored')?.variant;

/** Chooses the faults of one request and counts how often each rule was met. */
export interface FaultTable {
  add(rules: readonly FaultRuleSeed[]): void;
  clear(): void;
  /** Faults to apply to this request, in table order. */
  hit(routeName: string, url: string): Fault[];
}

/** A table with the given rules. */
export function createFaultTable(rules: readonly FaultRuleSeed[] = []): FaultTable {
  let entries = parse(rules);
  return {
    add: (more) => void (entries = [...entries, ...parse(more)]),
    clear: () => void (entries = []),
    hit(routeName, url) {
      const met = entries.filter(({ rule }) => applies(rule, routeName, url));
      for (const entry of met) entry.seen += 1;
      return met.filter(isDue).map(({ rule }) => rule.fault);
    },
  };
}

interface Entry {
  readonly rule: FaultRule;
  seen: number;
}

const parse = (rules: readonly FaultRuleSeed[]): Entry[] =>
  faultTableSchema.parse(rules).map((rule) => ({ rule, seen: 0 }));

function applies(rule: FaultRule, routeName: string, url: string): boolean {
  const named = rule.on.endsWith('*') ? routeName.startsWith(rule.on.slice(0, -1)) : rule.on === routeName;
  return named && (rule.path === undefined || url.toLowerCase().includes(rule.path.toLowerCase()));
}

const isDue = ({ rule, seen }: Entry): boolean =>
  seen >= rule.nth && (rule.times === 0 || seen < rule.nth + rule.times);
