import type { JSX } from 'preact';
import { useLive } from '../api.ts';
import type { Answers } from '../apiTypes.ts';
import { Empty, Heading, Id, Loaded, Mark, Notice } from '../parts.tsx';
import { linkTo } from '../router.ts';
import { Time, useNow } from '../time.tsx';
import { counted, nameOf, type Tone } from '../words.ts';

type Vault = Answers['Vaults']['value'][number];
type Control = Vault['posture'][number];

const controls: Readonly<Record<Control['control'], string>> = {
  softDelete: 'Soft delete',
  immutability: 'Immutability',
  multiUserAuthorization: 'Multi-user authorisation',
  redundancy: 'Redundancy',
  crossRegionRestore: 'Cross-region restore',
  publicAccess: 'Public access',
  customerManagedKey: 'Own key',
  jobFailureAlerts: 'Alerts of failed jobs',
  sourceScan: 'Source scan',
  policyRetention: 'Policy retention',
  policyFrequency: 'Policy frequency',
  identity: 'Identity',
};

const verdicts: Readonly<Record<Control['verdict'], Tone>> = { pass: 'good', fail: 'bad', unknown: 'idle' };

const Posture = ({ posture }: Pick<Vault, 'posture'>): JSX.Element => (
  <ul class="posture">
    {posture.map(({ control, verdict, property, value, message }) => (
      <li key={control} title={`${property}${value === undefined ? '' : ` = ${value}`}`}>
        <Mark tone={verdicts[verdict]}>{controls[control] ?? control}</Mark>
        <span class="visually-hidden">{verdict}: </span>
        <small>{message}</small>
      </li>
    ))}
  </ul>
);

/** How much of something is used, as a bar and in numbers. */
function Gauge({
  name,
  used,
  limit,
  title,
}: {
  name: string;
  used: number;
  limit: number;
  title?: string;
}): JSX.Element {
  const share = limit > 0 ? Math.min(1, used / limit) : 0;
  const tone: Tone = share >= 1 ? 'bad' : share > 0.8 ? 'warn' : 'good';
  return (
    <li title={title}>
      <span>{name}</span>
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect class="track" width="100" height="8" rx="2" />
        <rect class={tone} width={share * 100} height="8" rx="2" />
      </svg>
      <span>
        {Math.round(used).toLocaleString('en-GB')} of {limit.toLocaleString('en-GB')}
      </span>
    </li>
  );
}

function Limits({ vault, now }: { vault: Vault; now: number }): JSX.Element {
  // An older app behind a newer page does not tell them.
  const { budgets = [], dailyLimits = [] } = vault;
  const paused = budgets.filter(({ pausedUntil }) => pausedUntil && Date.parse(pausedUntil) > now);
  return (
    <>
      {paused.map(({ action, pausedUntil }) => (
        <Notice key={action} tone="warn">
          Azure has asked to wait with <code>{action}</code> until <Time at={pausedUntil} now={now} />.
        </Notice>
      ))}
      {budgets.length > 0 && (
        <section>
          <h3>Request budgets used</h3>
          <ul class="gauges">
            {budgets.map(({ action, remaining, limit }) => (
              <Gauge
                key={action}
                name={action.split('/').slice(-2).join('/')}
                title={action}
                used={Math.max(0, limit - remaining)}
                limit={limit}
              />
            ))}
          </ul>
        </section>
      )}
      {dailyLimits.length > 0 && (
        <section>
          <h3>Daily limits used</h3>
          <ul class="gauges">
            {dailyLimits.map(({ item, kind, used, limit, day }) => (
              <Gauge
                key={item + kind}
                name={`${nameOf(item)}, ${kind}`}
                used={used}
                limit={limit}
                title={`${item}\n${day} UTC`}
              />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function VaultBox({ vault, now }: { vault: Vault; now: number }): JSX.Element {
  const fails = vault.posture.filter(({ verdict }) => verdict === 'fail').length;
  const unknown = vault.posture.filter(({ verdict }) => verdict === 'unknown').length;
  const total = Object.values(vault.items).reduce((sum, count) => sum + count, 0);
  const things = vault.type === 'backup' ? 'backup instance' : 'protected item';
  return (
    <article class="box">
      <header>
        <h2>{vault.name}</h2>
        <span class="muted">
          {vault.type === 'backup' ? 'Backup vault' : 'Recovery Services vault'}
          {vault.region && `, ${vault.region}`}
        </span>
        <Mark tone={fails > 0 ? 'bad' : 'good'}>
          {fails > 0 ? `${counted(fails, 'control')} failed` : 'no control failed'}
          {unknown > 0 && `, ${unknown} unknown`}
        </Mark>
      </header>
      {vault.problem && <Notice tone="bad">{vault.problem}</Notice>}
      <p>
        <a href={linkTo('resources', { vault: vault.id.toLowerCase() })}>{counted(total, things)}</a>
        {total > 0 &&
          ` (${Object.entries(vault.items)
            .map(([standing, count]) => `${count.toLocaleString('en-GB')} ${standing}`)
            .join(', ')})`}
        , {counted(vault.jobsInFlight, 'job')} in flight{' '}
        <span class="muted">
          {vault.readAt && (
            <>
              · read <Time at={vault.readAt} as="age" now={now} />
            </>
          )}
        </span>
      </p>
      <Posture posture={vault.posture} />
      <Limits vault={vault} now={now} />
      <Id id={vault.id} />
    </article>
  );
}

/** Every vault: how it is set up, and what goes on in it. */
export function VaultsPage(): JSX.Element {
  const [live] = useLive<Answers['Vaults']>('/api/vaults', { everySeconds: 15 });
  const now = useNow();
  return (
    <>
      <Heading title="Vaults" />
      <Loaded live={live} what="the vaults">
        {({ value }) =>
          value.length === 0 ? (
            <Empty title="No vaults yet.">
              They appear after the app has read Azure. Vaults are those that the{' '}
              <a href={linkTo('plan')}>plan</a> allows, and those in the subscriptions it names.
            </Empty>
          ) : (
            value.map((vault) => <VaultBox key={vault.id} vault={vault} now={now} />)
          )
        }
      </Loaded>
    </>
  );
}
