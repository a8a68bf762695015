import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask, Refusal, useLive } from '../api.ts';
import type { Answers } from '../apiTypes.ts';
import { Empty, Facts, Heading, Id, Loaded, Notice, Problem, StatusMark } from '../parts.tsx';
import { goTo, linkTo } from '../router.ts';
import { useMay } from '../session.ts';
import { isoWords, Time } from '../time.tsx';
import { kindOfResource, nameOf, targetOf, type CoverageRow, type Run } from '../words.ts';

/** What the form says, as the API wants it. */
interface Order {
  readonly keepFor?: string;
  readonly retentionTag?: string;
  readonly backupType?: string;
}

const usualPeriods = ['P7D', 'P30D', 'P90D', 'P1Y'];

/** Backup vaults keep points as the policy's tag says; the other services take a time. */
const isInBackupVault = ({ kind }: CoverageRow): boolean => kind === 'disk' || kind === 'blobs';

interface FieldsProps {
  readonly row: CoverageRow;
  readonly order: Order;
  readonly change: (order: Order) => void;
}

function Fields({ row, order, change }: FieldsProps): JSX.Element {
  if (isInBackupVault(row))
    return (
      <label>
        <span>Retention tag</span>
        <input
          value={order.retentionTag ?? ''}
          placeholder="the policy's default"
          maxLength={150}
          onInput={({ currentTarget: { value } }) => change(value ? { ...order, retentionTag: value } : {})}
        />
      </label>
    );
  return (
    <>
      <label>
        <span>Keep for</span>
        <select
          value={order.keepFor ?? 'P30D'}
          onChange={({ currentTarget }) => change({ ...order, keepFor: currentTarget.value })}
        >
          {usualPeriods.map((period) => (
            <option key={period} value={period}>
              {isoWords(period)}
            </option>
          ))}
        </select>
      </label>
      {row.kind === 'workload' && (
        <label>
          <span>Type</span>
          <select
            value={order.backupType ?? 'Full'}
            onChange={({ currentTarget }) => change({ ...order, backupType: currentTarget.value })}
          >
            {['Full', 'Differential', 'Log', 'CopyOnlyFull', 'Incremental'].map((type) => (
              <option key={type}>{type}</option>
            ))}
          </select>
        </label>
      )}
    </>
  );
}

const bodyOf = (row: CoverageRow, order: Order): object => ({
  target: targetOf(row),
  ...(isInBackupVault(row) ? {} : { keepFor: 'P30D' }),
  ...order,
});

const hasEnded = ({ status }: Run): boolean => !['accepted', 'running'].includes(status);

const sentNames: Readonly<Record<string, string>> = {
  ...{
    protectedItemId: 'Protected item',
    backupInstanceId: 'Backup instance',
    expiresAt: 'Kept until',
    keepFor: 'Kept for',
  },
  ...{
    ruleName: 'Rule of the policy',
    retentionTag: 'Retention tag',
    backupType: 'Type',
    compress: 'Compressed',
  },
};

function shownValue(name: string, value: unknown): JSX.Element {
  if (name.endsWith('At')) return <Time at={String(value)} />;
  if (name === 'keepFor') return <span>{isoWords(String(value))}</span>;
  return name.endsWith('Id') ? <Id id={String(value)} /> : <span>{String(value)}</span>;
}

function Found({ run }: { run: Run }): JSX.Element {
  const { wouldSend = {} } = (run.result ?? {}) as { wouldSend?: Readonly<Record<string, unknown>> };
  return (
    <>
      <p>
        <StatusMark status={run.status} />{' '}
        {run.status === 'completed'
          ? 'Nothing has been sent. This is what a backup would send:'
          : 'A backup would not begin:'}
      </p>
      {run.error && (
        <Notice tone="bad">
          <strong>{run.error.code}</strong> <q class="service">{run.error.message}</q>
          {run.error.advice && <div>{run.error.advice}</div>}
        </Notice>
      )}
      {run.warnings.map((warning) => (
        <Notice key={warning} tone="warn">
          {warning}
        </Notice>
      ))}
      <Facts
        of={Object.entries(wouldSend).map(([name, value]) => [
          sentNames[name] ?? name,
          shownValue(name, value),
        ])}
      />
    </>
  );
}

/** The dry run, followed to its end. */
function DryRun({ id, onReady }: { id: string; onReady: JSX.Element }): JSX.Element {
  const [live] = useLive<Run>(`/api/runs/${id}`, { everySeconds: 1, mostSeconds: 5, isFinal: hasEnded });
  return (
    <section aria-live="polite">
      <h2>Dry run</h2>
      <Loaded live={live} what="the dry run">
        {(run) =>
          hasEnded(run) ? (
            <>
              <Found run={run} />
              {run.status === 'completed' && onReady}
            </>
          ) : (
            <p>Azure is asked what a backup would do …</p>
          )
        }
      </Loaded>
    </section>
  );
}

function Form({ row }: { row: CoverageRow }): JSX.Element {
  const [order, setOrder] = useState<Order>({});
  const [dryRun, setDryRun] = useState<string>();
  const [problem, setProblem] = useState<Refusal>();
  const [isSending, setSending] = useState(false);
  // One key for this form: pressed twice, it is still one backup.
  const [key] = useState(() => crypto.randomUUID());
  const send = async (body: object, idempotencyKey: string): Promise<Run | undefined> => {
    setSending(true);
    setProblem(undefined);
    try {
      return await ask<Run>('/api/backups', { body, key: idempotencyKey });
    } catch (error) {
      setProblem(error instanceof Refusal ? error : new Refusal(0, { message: String(error) }));
      return undefined;
    } finally {
      setSending(false);
    }
  };
  const tryDry = async (): Promise<void> => {
    const run = await send({ ...bodyOf(row, order), dryRun: true }, crypto.randomUUID());
    setDryRun(run?.id);
  };
  const backUp = async (): Promise<void> => {
    const run = await send(bodyOf(row, order), key);
    if (run) goTo(linkTo(`runs/${run.id}`));
  };
  return (
    <>
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          void tryDry();
        }}
      >
        <Fields
          row={row}
          order={order}
          change={(next) => {
            setOrder(next);
            setDryRun(undefined);
          }}
        />
        <button type="submit" disabled={isSending}>
          Dry run
        </button>
      </form>
      {problem && <Problem problem={problem} />}
      {dryRun && (
        <DryRun
          key={dryRun}
          id={dryRun}
          onReady={
            <button type="button" class="strong" disabled={isSending} onClick={() => void backUp()}>
              {isSending ? 'Asked …' : 'Back up now'}
            </button>
          }
        />
      )}
    </>
  );
}

/** Asks for a backup of one resource: a dry run first, then the run. */
export function BackUpPage({ id }: { id: string }): JSX.Element {
  const mayRun = useMay('Backups.Run');
  const [live] = useLive<Answers['CoverageResource']>(`/api/coverage/resource?id=${encodeURIComponent(id)}`);
  return (
    <>
      <Heading title={`Back up ${live.data?.resource.name ?? nameOf(id)}`} />
      <Loaded live={live} what="the resource">
        {({ resource }) => (
          <>
            <Facts
              of={[
                ['Resource', <a href={linkTo('resource', { id: resource.id })}>{resource.name}</a>],
                ['Kind', kindOfResource(resource.kind)],
                ['Vault', resource.vaultId && nameOf(resource.vaultId)],
                ['Policy', resource.policyId && nameOf(resource.policyId)],
                ['Last good point', <Time at={resource.lastGoodPoint?.at} />],
              ]}
            />
            {!mayRun ? (
              <Empty title="Your roles do not allow backups.">
                Ask the owner of the app registration for the role Backups.Run.
              </Empty>
            ) : resource.itemId === undefined ? (
              <Empty title="It is in no vault yet.">{resource.advice ?? resource.reason}</Empty>
            ) : (
              <Form row={resource} />
            )}
          </>
        )}
      </Loaded>
    </>
  );
}
