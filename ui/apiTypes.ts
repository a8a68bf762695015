// Made from the description of the API by `npm run generate`.

export interface Answers {
  Run: Run;
  RunPage: RunPage;
  CoveragePage: CoveragePage;
  CoverageResource: CoverageResource;
  CoverageHistory: CoverageHistory;
  Vaults: Vaults;
  Plan: Plan;
  Error: Error;
}
export interface Run {
  id: string;
  kind: 'backUp' | 'dryRun' | 'protect' | 'validate' | 'stop' | 'resume' | 'sweep';
  status:
    | 'accepted'
    | 'running'
    | 'completed'
    | 'completedWithWarnings'
    | 'failed'
    | 'cancelled'
    | 'skipped'
    | 'timedOut'
    | 'unknown';
  target?: unknown;
  requestedBy: {
    source: 'http' | 'schedule' | 'eventGrid' | 'sweep' | 'batch';
    caller?: string;
    key: string;
  };
  cancelRequestedBy?: {
    caller?: string;
    at: string;
  };
  /**
   * Who closed a run that had ended unknown.
   */
  closedBy?: {
    caller?: string;
    at: string;
  };
  createdAt: string;
  endedAt?: string;
  batch?: string;
  generation: number;
  /**
   * While it runs: the service's work, or the end of one of its limits.
   */
  waitsFor?: 'service' | 'limit';
  steps: {
    name: string;
    status: string;
    startedAt: string;
    endedAt?: string;
    asks: number;
    detail?: string;
  }[];
  operation?: {
    status: string;
  };
  job?: {
    id: string;
    /**
     * The service's own word.
     */
    status: string;
    progress?: string;
    startedAt?: string;
    endedAt?: string;
  };
  recoveryPoint?: {
    id: string;
    at: string;
    type?: string;
    tiers: {
      type: string;
      expiresAt?: string;
    }[];
  };
  result?: unknown;
  error?: {
    /**
     * The service's code as it came, or ours.
     */
    code: string;
    message: string;
    advice?: string;
    correlationId?: string;
  };
  warnings: string[];
  /**
   * Of a batch: items by status.
   */
  counts?: {
    [k: string]: number;
  };
  failures?: {
    target: string;
    run?: string;
    status:
      | 'accepted'
      | 'running'
      | 'completed'
      | 'completedWithWarnings'
      | 'failed'
      | 'cancelled'
      | 'skipped'
      | 'timedOut'
      | 'unknown';
    error?: {
      /**
       * The service's code as it came, or ours.
       */
      code: string;
      message: string;
      advice?: string;
      correlationId?: string;
    };
  }[];
  report?: {
    [k: string]: unknown;
  };
}
export interface RunPage {
  value: {
    id: string;
    kind: 'backUp' | 'dryRun' | 'protect' | 'validate' | 'stop' | 'resume' | 'sweep';
    status:
      | 'accepted'
      | 'running'
      | 'completed'
      | 'completedWithWarnings'
      | 'failed'
      | 'cancelled'
      | 'skipped'
      | 'timedOut'
      | 'unknown';
    target?: unknown;
    requestedBy: {
      source: 'http' | 'schedule' | 'eventGrid' | 'sweep' | 'batch';
      caller?: string;
      key: string;
    };
    cancelRequestedBy?: {
      caller?: string;
      at: string;
    };
    /**
     * Who closed a run that had ended unknown.
     */
    closedBy?: {
      caller?: string;
      at: string;
    };
    createdAt: string;
    endedAt?: string;
    batch?: string;
    generation: number;
    /**
     * While it runs: the service's work, or the end of one of its limits.
     */
    waitsFor?: 'service' | 'limit';
    job?: {
      id: string;
      /**
       * The service's own word.
       */
      status: string;
      progress?: string;
      startedAt?: string;
      endedAt?: string;
    };
    recoveryPoint?: {
      id: string;
      at: string;
      type?: string;
      tiers: {
        type: string;
        expiresAt?: string;
      }[];
    };
    result?: unknown;
    error?: {
      /**
       * The service's code as it came, or ours.
       */
      code: string;
      message: string;
      advice?: string;
      correlationId?: string;
    };
    warnings: string[];
    /**
     * Of a batch: items by status.
     */
    counts?: {
      [k: string]: number;
    };
  }[];
  nextLink?: string;
}
export interface CoveragePage {
  value: {
    /**
     * ARM id of the resource; of a share below its account, of a database the id of the item.
     */
    id: string;
    kind: 'fileShare' | 'blobs' | 'disk' | 'virtualMachine' | 'workload';
    name: string;
    subscriptionId: string;
    resourceGroup: string;
    region?: string;
    state:
      | 'down'
      | 'failing'
      | 'neverBackedUp'
      | 'late'
      | 'protectionError'
      | 'notProtected'
      | 'stopped'
      | 'softDeleted'
      | 'orphan'
      | 'notEligible'
      | 'protectedOutsidePlan'
      | 'notSelected'
      | 'excluded'
      | 'ok';
    /**
     * When the state was first seen.
     */
    since: string;
    /**
     * Why, in one sentence.
     */
    reason: string;
    /**
     * The service's own state, or code and message of a failure.
     */
    serviceWords?: string;
    /**
     * What to do.
     */
    advice?: string;
    rule?: string;
    /**
     * The entry that takes the resource out.
     */
    excludedBy?: string;
    /**
     * ARM id.
     */
    vaultId?: string;
    /**
     * ARM id.
     */
    policyId?: string;
    /**
     * Protected item or backup instance.
     */
    itemId?: string;
    expect?: {
      /**
       * ISO 8601 duration: how old the newest point may be.
       */
      every: string;
      /**
       * ISO 8601 duration: how much later the state is down.
       */
      grace: string;
      /**
       * Where it is written.
       */
      from: 'rule' | 'schedule' | 'policy' | 'default';
    };
    lastGoodPoint?: {
      /**
       * UTC, ISO 8601.
       */
      at: string;
      id?: string;
      /**
       * The service's word.
       */
      tier?: string;
      /**
       * UTC, ISO 8601.
       */
      expiresAt?: string;
      /**
       * recoveryPoints: the list of points of the item; lastRecoveryPoint: the list of protected items; jobs: a completed backup job, its start stands for the point; restorableTimeRange: continuous backup.
       */
      source: 'recoveryPoints' | 'lastRecoveryPoint' | 'jobs' | 'restorableTimeRange';
    };
    /**
     * Until when backups of a source that is gone or deleted are kept.
     */
    keptUntil?: string;
    /**
     * The newest run of this app about the resource.
     */
    lastRun?: {
      id: string;
      kind: string;
      status: string;
      /**
       * UTC, ISO 8601.
       */
      createdAt: string;
      /**
       * UTC, ISO 8601.
       */
      endedAt?: string;
    };
    nextOccurrence?: {
      /**
       * UTC, ISO 8601.
       */
      at: string;
      schedule: string;
    };
    /**
     * The newest restore drill.
     */
    drill?: {
      run: string;
      /**
       * UTC, ISO 8601.
       */
      at: string;
      verdict: string;
      /**
       * UTC, ISO 8601.
       */
      pointAt?: string;
      restoreSeconds?: number;
    };
    /**
     * When Azure was read for this row.
     */
    readAt: string;
  }[];
  summary: {
    /**
     * Resources by state; of every state.
     */
    counts: {
      [k: string]: number;
    };
    total: number;
    /**
     * Resources that a rule selects.
     */
    selected: number;
    /**
     * When the last finished read began; absent before the first.
     */
    readAt?: string;
    /**
     * False: something could not be read, and no verdict has turned good.
     */
    complete: boolean;
    incompleteReasons: string[];
    /**
     * A read that goes on now.
     */
    refreshing?: {
      /**
       * UTC, ISO 8601.
       */
      startedAt: string;
      rows: number;
    };
  };
  nextLink?: string;
}
export interface CoverageResource {
  resource: {
    /**
     * ARM id of the resource; of a share below its account, of a database the id of the item.
     */
    id: string;
    kind: 'fileShare' | 'blobs' | 'disk' | 'virtualMachine' | 'workload';
    name: string;
    subscriptionId: string;
    resourceGroup: string;
    region?: string;
    state:
      | 'down'
      | 'failing'
      | 'neverBackedUp'
      | 'late'
      | 'protectionError'
      | 'notProtected'
      | 'stopped'
      | 'softDeleted'
      | 'orphan'
      | 'notEligible'
      | 'protectedOutsidePlan'
      | 'notSelected'
      | 'excluded'
      | 'ok';
    /**
     * When the state was first seen.
     */
    since: string;
    /**
     * Why, in one sentence.
     */
    reason: string;
    /**
     * The service's own state, or code and message of a failure.
     */
    serviceWords?: string;
    /**
     * What to do.
     */
    advice?: string;
    rule?: string;
    /**
     * The entry that takes the resource out.
     */
    excludedBy?: string;
    /**
     * ARM id.
     */
    vaultId?: string;
    /**
     * ARM id.
     */
    policyId?: string;
    /**
     * Protected item or backup instance.
     */
    itemId?: string;
    expect?: {
      /**
       * ISO 8601 duration: how old the newest point may be.
       */
      every: string;
      /**
       * ISO 8601 duration: how much later the state is down.
       */
      grace: string;
      /**
       * Where it is written.
       */
      from: 'rule' | 'schedule' | 'policy' | 'default';
    };
    lastGoodPoint?: {
      /**
       * UTC, ISO 8601.
       */
      at: string;
      id?: string;
      /**
       * The service's word.
       */
      tier?: string;
      /**
       * UTC, ISO 8601.
       */
      expiresAt?: string;
      /**
       * recoveryPoints: the list of points of the item; lastRecoveryPoint: the list of protected items; jobs: a completed backup job, its start stands for the point; restorableTimeRange: continuous backup.
       */
      source: 'recoveryPoints' | 'lastRecoveryPoint' | 'jobs' | 'restorableTimeRange';
    };
    /**
     * Until when backups of a source that is gone or deleted are kept.
     */
    keptUntil?: string;
    /**
     * The newest run of this app about the resource.
     */
    lastRun?: {
      id: string;
      kind: string;
      status: string;
      /**
       * UTC, ISO 8601.
       */
      createdAt: string;
      /**
       * UTC, ISO 8601.
       */
      endedAt?: string;
    };
    nextOccurrence?: {
      /**
       * UTC, ISO 8601.
       */
      at: string;
      schedule: string;
    };
    /**
     * The newest restore drill.
     */
    drill?: {
      run: string;
      /**
       * UTC, ISO 8601.
       */
      at: string;
      verdict: string;
      /**
       * UTC, ISO 8601.
       */
      pointAt?: string;
      restoreSeconds?: number;
    };
    /**
     * When Azure was read for this row.
     */
    readAt: string;
  };
  history: {
    /**
     * UTC, ISO 8601.
     */
    at: string;
    state:
      | 'down'
      | 'failing'
      | 'neverBackedUp'
      | 'late'
      | 'protectionError'
      | 'notProtected'
      | 'stopped'
      | 'softDeleted'
      | 'orphan'
      | 'notEligible'
      | 'protectedOutsidePlan'
      | 'notSelected'
      | 'excluded'
      | 'ok';
    reason: string;
  }[];
}
export interface CoverageHistory {
  days: {
    date: string;
    /**
     * Absent: no complete read that day.
     */
    readAt?: string;
    kinds: {
      [k: string]: {
        [k: string]: number;
      };
    };
  }[];
}
export interface Vaults {
  value: {
    /**
     * ARM id.
     */
    id: string;
    name: string;
    type: 'recoveryServices' | 'backup';
    subscriptionId: string;
    region?: string;
    /**
     * UTC, ISO 8601.
     */
    readAt?: string;
    /**
     * Why the vault could not be read.
     */
    problem?: string;
    posture: {
      control:
        | 'softDelete'
        | 'immutability'
        | 'multiUserAuthorization'
        | 'redundancy'
        | 'crossRegionRestore'
        | 'publicAccess'
        | 'customerManagedKey'
        | 'jobFailureAlerts'
        | 'sourceScan'
        | 'policyRetention'
        | 'policyFrequency'
        | 'identity';
      verdict: 'pass' | 'fail' | 'unknown';
      /**
       * The property that was read.
       */
      property: string;
      /**
       * Its value; absent where the service does not say.
       */
      value?: string;
      message: string;
    }[];
    /**
     * Protected items or backup instances by standing.
     */
    items: {
      [k: string]: number;
    };
    jobsInFlight: number;
    budgets: {
      /**
       * `reads` and `writes` of the subscription, or one action of the provider.
       */
      action: string;
      remaining: number;
      limit: number;
      /**
       * UTC, ISO 8601.
       */
      pausedUntil?: string;
    }[];
    dailyLimits: {
      /**
       * ARM id.
       */
      item: string;
      kind: string;
      used: number;
      limit: number;
      day: string;
    }[];
  }[];
}
export interface Plan {
  location: string;
  /**
   * lastGood: the text at its place is broken or out of reach; empty: there is none.
   */
  standing: 'current' | 'lastGood' | 'empty';
  problems: {
    severity: 'error' | 'warning';
    path: string;
    message: string;
  }[];
  inForce: {
    $schema?: string;
    /**
     * @maxItems 500
     */
    rules?: {
      name: string;
      match: {
        kind: 'fileShare' | 'blobs' | 'disk' | 'virtualMachine' | 'workload';
        /**
         * @minItems 1
         */
        subscriptions?: string[];
        /**
         * @minItems 1
         */
        resourceGroups?: string[];
        /**
         * @minItems 1
         */
        regions?: string[];
        tags?: {
          [k: string]:
            | string
            | {
                /**
                 * @minItems 1
                 * @maxItems 50
                 */
                anyOf: string[];
              }
            | {
                present: true;
              }
            | {
                absent: true;
              };
        };
        /**
         * @minItems 1
         */
        names?: string[];
        exclude?: {
          /**
           * @minItems 1
           */
          subscriptions?: string[];
          /**
           * @minItems 1
           */
          resourceGroups?: string[];
          /**
           * @minItems 1
           */
          regions?: string[];
          tags?: {
            [k: string]:
              | string
              | {
                  /**
                   * @minItems 1
                   * @maxItems 50
                   */
                  anyOf: string[];
                }
              | {
                  present: true;
                }
              | {
                  absent: true;
                };
          };
          /**
           * @minItems 1
           */
          names?: string[];
        };
      };
      protect: {
        vaults: {
          [k: string]: string;
        };
        policy: string;
        snapshotResourceGroup?: string;
        containers?:
          | 'all'
          | {
              /**
               * @minItems 1
               * @maxItems 100
               */
              list: string[];
            }
          | {
              pattern: string;
            };
        grantRoles?: boolean;
        lockStorageAccount?: boolean;
        backUpAfterwards?: boolean;
      };
      expect?: {
        every: string;
        grace?: string;
      };
    }[];
    /**
     * @maxItems 200
     */
    schedules?: {
      name: string;
      cron: string;
      timeZone: string;
      backUp:
        | {
            /**
             * @minItems 1
             */
            rules: string[];
          }
        | {
            match: {
              kind: 'fileShare' | 'blobs' | 'disk' | 'virtualMachine' | 'workload';
              /**
               * @minItems 1
               */
              subscriptions?: string[];
              /**
               * @minItems 1
               */
              resourceGroups?: string[];
              /**
               * @minItems 1
               */
              regions?: string[];
              tags?: {
                [k: string]:
                  | string
                  | {
                      /**
                       * @minItems 1
                       * @maxItems 50
                       */
                      anyOf: string[];
                    }
                  | {
                      present: true;
                    }
                  | {
                      absent: true;
                    };
              };
              /**
               * @minItems 1
               */
              names?: string[];
              exclude?: {
                /**
                 * @minItems 1
                 */
                subscriptions?: string[];
                /**
                 * @minItems 1
                 */
                resourceGroups?: string[];
                /**
                 * @minItems 1
                 */
                regions?: string[];
                tags?: {
                  [k: string]:
                    | string
                    | {
                        /**
                         * @minItems 1
                         * @maxItems 50
                         */
                        anyOf: string[];
                      }
                    | {
                        present: true;
                      }
                    | {
                        absent: true;
                      };
                };
                /**
                 * @minItems 1
                 */
                names?: string[];
              };
            };
          }
        | {
            /**
             * @minItems 1
             * @maxItems 1000
             */
            items: string[];
          };
      keepFor?: string;
      retentionTag?: string;
      backupRule?: string;
      window?: string;
      catchUp?: 'latest' | 'all' | 'none';
      concurrency?: number;
    }[];
    /**
     * @maxItems 20
     */
    notifications?: {
      /**
       * @minItems 1
       */
      endings: (
        'completed' | 'completedWithWarnings' | 'failed' | 'cancelled' | 'skipped' | 'timedOut' | 'unknown'
      )[];
      webhook?: 'NOTIFY_URL';
    }[];
    /**
     * @maxItems 20
     */
    channels?: {
      name: string;
      kind?: 'cloudEvents' | 'teams' | 'slack' | 'serviceNow';
      url?: string;
      secret?: string;
      tells?: ('late' | 'down' | 'failing' | 'unprotected' | 'ok')[];
      endings?: (
        'completed' | 'completedWithWarnings' | 'failed' | 'cancelled' | 'skipped' | 'timedOut' | 'unknown'
      )[];
      /**
       * @minItems 1
       */
      rules?: string[];
      digest?: {
        cron: string;
        timeZone: string;
      };
    }[];
    safety: {
      /**
       * @maxItems 1000
       */
      subscriptions: string[];
      /**
       * @maxItems 1000
       */
      vaults: string[];
      deleteBackups?: boolean;
    };
  };
  /**
   * The text at its place where that is not in force.
   */
  lyingThere?: string;
  /**
   * By schedule: the next five.
   */
  occurrences: {
    [k: string]: string[];
  };
  rules: {
    rule: string;
    selected: {
      id: string;
      kind: 'fileShare' | 'blobs' | 'disk' | 'virtualMachine' | 'workload';
      vaultId: string;
      policyId: string;
      standing: 'missing' | 'protected' | 'drift';
      /**
       * Protected item or backup instance.
       */
      protectedBy?: string;
      /**
       * What differs from the rule.
       */
      drift?: string;
    }[];
  }[];
  skipped: {
    id: string;
    kind: string;
    reason: string;
  }[];
  orphans: {
    item: string;
    source: string;
    state: string;
  }[];
  warnings: string[];
}
export interface Error {
  error: {
    code: string;
    message: string;
    target?: string;
    details?: {
      code: string;
      message: string;
      target?: string;
    }[];
  };
}
