// Made from the description of the API by `npm run generate`.

/**
 * What a request acts on: a named thing in a vault, or the ARM id of a protected item, backup instance or datasource.
 */
export type Target =
  | (
      | {
          /**
           * Kind of datasource.
           */
          kind: 'fileShare';
          /**
           * ARM id of the vault; of the service that the kind of target belongs to.
           */
          vaultId: string;
          /**
           * ARM id of the storage account.
           */
          storageAccountId: string;
          /**
           * Name of the file share.
           */
          share: string;
        }
      | {
          /**
           * Kind of datasource.
           */
          kind: 'virtualMachine';
          /**
           * ARM id of the vault; of the service that the kind of target belongs to.
           */
          vaultId: string;
          /**
           * ARM id of the virtual machine.
           */
          virtualMachineId: string;
        }
      | {
          /**
           * Kind of datasource.
           */
          kind: 'workload';
          /**
           * ARM id of the vault; of the service that the kind of target belongs to.
           */
          vaultId: string;
          /**
           * Name of the virtual machine, or of the protection container.
           */
          container: string;
          /**
           * Name of the database.
           */
          database: string;
        }
      | {
          /**
           * Kind of datasource.
           */
          kind: 'disk';
          /**
           * ARM id of the vault; of the service that the kind of target belongs to.
           */
          vaultId: string;
          /**
           * ARM id of the disk or of the storage account.
           */
          datasourceId: string;
        }
      | {
          /**
           * Kind of datasource.
           */
          kind: 'blobs';
          /**
           * ARM id of the vault; of the service that the kind of target belongs to.
           */
          vaultId: string;
          /**
           * ARM id of the disk or of the storage account.
           */
          datasourceId: string;
        }
    )
  | {
      /**
       * ARM id.
       */
      id: string;
    };
/**
 * A drill of the plan, or one target and where it is restored to.
 */
export type DrillRequest =
  | {
      /**
       * Name of a drill of the plan.
       */
      drill: string;
      /**
       * True: says what would be restored where, and what stands in the way; makes nothing.
       */
      dryRun?: boolean;
    }
  | {
      /**
       * Which recovery point is restored.
       */
      point?:
        | {
            /**
             * The newest point, or any; those that only the archive keeps are passed over.
             */
            choose: 'latest' | 'random';
            /**
             * How far back: days, ISO 8601.
             */
            within?: string;
          }
        | {
            /**
             * One point by its name.
             */
            name: string;
          };
      /**
       * Where things are restored to, by kind; each place must lie in safety.drillTargets.
       */
      into: {
        /**
         * Of file shares: an account; the share is made and deleted.
         */
        fileShare?: {
          /**
           * ARM id of a storage account.
           */
          storageAccount: string;
          /**
           * Files, and directories with a slash at the end, that are restored instead of the whole share; of every share of the drill.
           *
           * @minItems 1
           * @maxItems 99
           */
          items?: string[];
          /**
           * How many of the items one drill takes, another choice each time.
           */
          itemsAtMost?: number;
        };
        /**
         * Of disks: a resource group; the new disk is deleted.
         */
        disk?: {
          /**
           * ARM id of a resource group.
           */
          resourceGroup: string;
          /**
           * Also disks whose network access is DenyAll or AllowPrivate, which a restore cannot ask for the copy.
           */
          evenIfPrivate?: boolean;
        };
        /**
         * Of vaulted blobs: an account that has no container of those names.
         */
        blobs?: {
          /**
           * ARM id of a storage account.
           */
          storageAccount: string;
        };
        /**
         * Of machines: each drill makes a resource group in the subscription, restores the disks into it, and deletes it whole.
         */
        virtualMachine?: {
          /**
           * ARM id of the subscription in which drills make groups of their own.
           */
          subscription: string;
          /**
           * ARM id of a storage account in the region of the vault, not zone-redundant, with shared keys.
           */
          stagingAccount: string;
          /**
           * The disk with the operating system, or all of the point.
           */
          disks?: 'os' | 'all';
        };
      };
      /**
       * What must be true of what came back.
       */
      check?: {
        /**
         * Of a share: fewer files make the verdict empty.
         */
        minimumFiles?: number;
      };
      /**
       * How long the restored thing is kept after a good verdict: minutes and hours, ISO 8601.
       */
      keepFor?: string;
      /**
       * Request of the Resource Guard that was approved, where one guards restores of the vault.
       */
      guardRequest?: string;
      /**
       * Whether missing roles of the vault's identity are granted.
       */
      grantRoles?: boolean;
      /**
       * What a request acts on: a named thing in a vault, or the ARM id of a protected item, backup instance or datasource.
       */
      target:
        | (
            | {
                /**
                 * Kind of datasource.
                 */
                kind: 'fileShare';
                /**
                 * ARM id of the vault; of the service that the kind of target belongs to.
                 */
                vaultId: string;
                /**
                 * ARM id of the storage account.
                 */
                storageAccountId: string;
                /**
                 * Name of the file share.
                 */
                share: string;
              }
            | {
                /**
                 * Kind of datasource.
                 */
                kind: 'virtualMachine';
                /**
                 * ARM id of the vault; of the service that the kind of target belongs to.
                 */
                vaultId: string;
                /**
                 * ARM id of the virtual machine.
                 */
                virtualMachineId: string;
              }
            | {
                /**
                 * Kind of datasource.
                 */
                kind: 'workload';
                /**
                 * ARM id of the vault; of the service that the kind of target belongs to.
                 */
                vaultId: string;
                /**
                 * Name of the virtual machine, or of the protection container.
                 */
                container: string;
                /**
                 * Name of the database.
                 */
                database: string;
              }
            | {
                /**
                 * Kind of datasource.
                 */
                kind: 'disk';
                /**
                 * ARM id of the vault; of the service that the kind of target belongs to.
                 */
                vaultId: string;
                /**
                 * ARM id of the disk or of the storage account.
                 */
                datasourceId: string;
              }
            | {
                /**
                 * Kind of datasource.
                 */
                kind: 'blobs';
                /**
                 * ARM id of the vault; of the service that the kind of target belongs to.
                 */
                vaultId: string;
                /**
                 * ARM id of the disk or of the storage account.
                 */
                datasourceId: string;
              }
          )
        | {
            /**
             * ARM id.
             */
            id: string;
          };
      /**
       * Time to restore: longer is proven late.
       */
      restoreWithin?: string;
      /**
       * True: says what would be restored where, and what is missing.
       */
      dryRun?: boolean;
    };

export interface Answers {
  Target: Target;
  BackupRequest: BackupRequest;
  ProtectionRequest: ProtectionRequest;
  StopRequest: StopRequest;
  ResumeRequest: ResumeRequest;
  CloseRequest: CloseRequest;
  SweepRequest: SweepRequest;
  DrillRequest: DrillRequest;
  Run: Run;
  RunPage: RunPage;
  ItemPage: ItemPage;
  Plan: Plan;
  CoveragePage: CoveragePage;
  CoverageResource: CoverageResource;
  CoverageHistory: CoverageHistory;
  Vaults: Vaults;
  Health: Health;
  McpMessage: McpMessage;
  Error: Error;
}
/**
 * Exactly one of target, targets and rule says what is backed up.
 */
export interface BackupRequest {
  /**
   * How long the backup is kept: an ISO 8601 duration of days, weeks, months or years; P30D where the kind takes an expiry.
   */
  keepFor?: string;
  /**
   * Retention tag of a Backup vault's policy.
   */
  retentionTag?: string;
  /**
   * Backup rule of the policy; needed where it has more than one.
   */
  backupRule?: string;
  /**
   * Kind of database backup; other datasources know Full alone.
   */
  backupType?:
    | 'Full'
    | 'Differential'
    | 'Log'
    | 'CopyOnlyFull'
    | 'Incremental'
    | 'SnapshotFull'
    | 'SnapshotCopyOnlyFull';
  /**
   * Whether a database backup is compressed.
   */
  compress?: boolean;
  /**
   * Protects what is not protected yet, by this policy, and then backs it up.
   */
  protectFirst?: {
    /**
     * ARM id of the policy, which lies in the same vault.
     */
    policyId: string;
  };
  /**
   * What a request acts on: a named thing in a vault, or the ARM id of a protected item, backup instance or datasource.
   */
  target?:
    | (
        | {
            /**
             * Kind of datasource.
             */
            kind: 'fileShare';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the storage account.
             */
            storageAccountId: string;
            /**
             * Name of the file share.
             */
            share: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'virtualMachine';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the virtual machine.
             */
            virtualMachineId: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'workload';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * Name of the virtual machine, or of the protection container.
             */
            container: string;
            /**
             * Name of the database.
             */
            database: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'disk';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the disk or of the storage account.
             */
            datasourceId: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'blobs';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the disk or of the storage account.
             */
            datasourceId: string;
          }
      )
    | {
        /**
         * ARM id.
         */
        id: string;
      };
  /**
   * Up to 100 things to back up: each gets a run of its own in one batch.
   *
   * @minItems 1
   * @maxItems 100
   */
  targets?: Target[];
  /**
   * Name of a rule of the plan: everything it selects is backed up, in one batch.
   */
  rule?: string;
  /**
   * True: one target is looked at, nothing is sent.
   */
  dryRun?: boolean;
}
/**
 * What is protected, in which vault, by which policy.
 */
export interface ProtectionRequest {
  /**
   * What a request acts on: a named thing in a vault, or the ARM id of a protected item, backup instance or datasource.
   */
  target:
    | (
        | {
            /**
             * Kind of datasource.
             */
            kind: 'fileShare';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the storage account.
             */
            storageAccountId: string;
            /**
             * Name of the file share.
             */
            share: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'virtualMachine';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the virtual machine.
             */
            virtualMachineId: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'workload';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * Name of the virtual machine, or of the protection container.
             */
            container: string;
            /**
             * Name of the database.
             */
            database: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'disk';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the disk or of the storage account.
             */
            datasourceId: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'blobs';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the disk or of the storage account.
             */
            datasourceId: string;
          }
      )
    | {
        /**
         * ARM id.
         */
        id: string;
      };
  /**
   * ARM id of the vault; of the service that the kind of target belongs to.
   */
  vaultId?: string;
  /**
   * ARM id of the policy, which lies in the same vault.
   */
  policyId: string;
  /**
   * Resource group for snapshots of disks.
   */
  snapshotResourceGroupId?: string;
  /**
   * Blob containers that a vaulted protection covers.
   */
  containers?:
    | 'all'
    | {
        /**
         * Names of containers.
         *
         * @minItems 1
         * @maxItems 100
         */
        list: string[];
      }
    | {
        /**
         * Pattern of names, `*` for any characters.
         */
        pattern: string;
      };
  /**
   * Whether containers that appear later are covered too; with exceptions.
   */
  autoProtect?:
    | boolean
    | {
        /**
         * Beginnings of names that stay out.
         *
         * @maxItems 10
         */
        excludePrefixes: string[];
      };
  /**
   * Whether missing roles of the vault's identity are granted.
   */
  grantRoles?: boolean;
  /**
   * Identity of the vault that is used: systemAssigned, or the ARM id of a user-assigned one.
   */
  identity?: 'systemAssigned' | string;
  /**
   * Of shares: whether the vault reaches the storage account by its keys or by an identity. Absent: as it is, keys for a new registration.
   */
  accessType?: 'keys' | 'identity';
  /**
   * Whether the service puts a delete lock on the storage account.
   */
  lockStorageAccount?: boolean;
  /**
   * Whether a first backup follows at once.
   */
  backUpAfterwards?: boolean;
}
/**
 * Stops the protection of an item.
 */
export interface StopRequest {
  /**
   * What a request acts on: a named thing in a vault, or the ARM id of a protected item, backup instance or datasource.
   */
  target:
    | (
        | {
            /**
             * Kind of datasource.
             */
            kind: 'fileShare';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the storage account.
             */
            storageAccountId: string;
            /**
             * Name of the file share.
             */
            share: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'virtualMachine';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the virtual machine.
             */
            virtualMachineId: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'workload';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * Name of the virtual machine, or of the protection container.
             */
            container: string;
            /**
             * Name of the database.
             */
            database: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'disk';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the disk or of the storage account.
             */
            datasourceId: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'blobs';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the disk or of the storage account.
             */
            datasourceId: string;
          }
      )
    | {
        /**
         * ARM id.
         */
        id: string;
      };
  /**
   * retain keeps backups for ever, suspend by policy, deleteData deletes them.
   */
  mode: 'retain' | 'suspend' | 'deleteData';
  /**
   * The item's name, as consent to deleting its data.
   */
  confirm?: string;
}
/**
 * Resumes the protection of an item.
 */
export interface ResumeRequest {
  /**
   * What a request acts on: a named thing in a vault, or the ARM id of a protected item, backup instance or datasource.
   */
  target:
    | (
        | {
            /**
             * Kind of datasource.
             */
            kind: 'fileShare';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the storage account.
             */
            storageAccountId: string;
            /**
             * Name of the file share.
             */
            share: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'virtualMachine';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the virtual machine.
             */
            virtualMachineId: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'workload';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * Name of the virtual machine, or of the protection container.
             */
            container: string;
            /**
             * Name of the database.
             */
            database: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'disk';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the disk or of the storage account.
             */
            datasourceId: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'blobs';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the disk or of the storage account.
             */
            datasourceId: string;
          }
      )
    | {
        /**
         * ARM id.
         */
        id: string;
      };
  /**
   * ARM id of the policy, which lies in the same vault.
   */
  policyId?: string;
  /**
   * Whether deleted backups are brought back first.
   */
  undelete?: boolean;
}
/**
 * Why a person closes a run that ended unknown.
 */
export interface CloseRequest {
  /**
   * Why the run is closed.
   */
  reason: string;
}
/**
 * A dry run unless it says otherwise.
 */
export interface SweepRequest {
  /**
   * False protects what is missing; otherwise it is only told.
   */
  dryRun?: boolean;
}
/**
 * One request carried to its end, and what came of it.
 */
export interface Run {
  /**
   * Id of the run: 40 hexadecimal digits.
   */
  id: string;
  /**
   * What was asked for.
   */
  kind: 'backUp' | 'dryRun' | 'protect' | 'validate' | 'stop' | 'resume' | 'sweep' | 'drill';
  /**
   * How the run stands; timedOut: the job may still run; unknown: a person must close it.
   */
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
  /**
   * What a request acts on: a named thing in a vault, or the ARM id of a protected item, backup instance or datasource.
   */
  target?:
    | (
        | {
            /**
             * Kind of datasource.
             */
            kind: 'fileShare';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the storage account.
             */
            storageAccountId: string;
            /**
             * Name of the file share.
             */
            share: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'virtualMachine';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the virtual machine.
             */
            virtualMachineId: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'workload';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * Name of the virtual machine, or of the protection container.
             */
            container: string;
            /**
             * Name of the database.
             */
            database: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'disk';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the disk or of the storage account.
             */
            datasourceId: string;
          }
        | {
            /**
             * Kind of datasource.
             */
            kind: 'blobs';
            /**
             * ARM id of the vault; of the service that the kind of target belongs to.
             */
            vaultId: string;
            /**
             * ARM id of the disk or of the storage account.
             */
            datasourceId: string;
          }
      )
    | {
        /**
         * ARM id.
         */
        id: string;
      };
  /**
   * Who asked.
   */
  requestedBy: {
    /**
     * Where it comes from.
     */
    source: 'http' | 'schedule' | 'eventGrid' | 'sweep' | 'batch';
    /**
     * Tenant and object id of the caller; `local` without access control.
     */
    caller?: string;
    /**
     * The idempotency key, as given or made.
     */
    key: string;
  };
  /**
   * Who asked for the cancellation.
   */
  cancelRequestedBy?: {
    /**
     * Tenant and object id of the caller; `local` without access control.
     */
    caller?: string;
    /**
     * When.
     */
    at: string;
  };
  /**
   * Who closed a run that had ended unknown.
   */
  closedBy?: {
    /**
     * Tenant and object id of the caller; `local` without access control.
     */
    caller?: string;
    /**
     * When.
     */
    at: string;
  };
  /**
   * When the request was accepted.
   */
  createdAt: string;
  /**
   * When it ended; absent while it goes on.
   */
  endedAt?: string;
  /**
   * Id of the batch that the run belongs to.
   */
  batch?: string;
  /**
   * Which flow of the run counts: a later one replaces one that was lost.
   */
  generation: number;
  /**
   * While it runs: the service's work, or the end of one of its limits.
   */
  waitsFor?: 'service' | 'limit';
  /**
   * The calls to Azure, in order.
   */
  steps: {
    /**
     * Name of the step.
     */
    name: string;
    /**
     * How the step stands.
     */
    status: string;
    /**
     * When it began.
     */
    startedAt: string;
    /**
     * When it ended; absent while it goes on.
     */
    endedAt?: string;
    /**
     * How often it was asked.
     */
    asks: number;
    /**
     * What it waits for.
     */
    detail?: string;
  }[];
  /**
   * Azure's long-running operation, which begins the job.
   */
  operation?: {
    /**
     * The operation's own word.
     */
    status: string;
  };
  /**
   * Azure Backup's job, as last seen.
   */
  job?: {
    /**
     * The service's id of the job.
     */
    id: string;
    /**
     * The service's own word.
     */
    status: string;
    /**
     * The service's own words.
     */
    progress?: string;
    /**
     * When it began.
     */
    startedAt?: string;
    /**
     * When it ended; absent while it goes on.
     */
    endedAt?: string;
  };
  /**
   * The proof that a backup exists.
   */
  recoveryPoint?: {
    /**
     * ARM id of the recovery point.
     */
    id: string;
    /**
     * When.
     */
    at: string;
    /**
     * The service's word.
     */
    type?: string;
    /**
     * Where copies lie.
     */
    tiers: {
      /**
       * The service's word.
       */
      type: string;
      /**
       * When the copy is deleted, or the expiry that was sent.
       */
      expiresAt?: string;
    }[];
  };
  /**
   * What came of it, by kind and service.
   */
  result?: {
    /**
     * The protected item.
     */
    protectedItemId?: string;
    /**
     * The backup instance.
     */
    backupInstanceId?: string;
    /**
     * ARM id of the policy, which lies in the same vault.
     */
    policyId?: string;
    /**
     * The service's word for the item's state.
     */
    protectionState?: string;
    /**
     * The service's word for the state.
     */
    state?: string;
    /**
     * What protecting has changed.
     */
    change?: 'protected' | 'policyChanged' | 'changed' | 'none';
    /**
     * In what a protection that was there differed from what was asked, before it was changed.
     */
    differences?: {
      /**
       * What differs.
       */
      what: string;
      /**
       * As it is.
       */
      is: string;
      /**
       * As it was asked for.
       */
      asked: string;
    }[];
    /**
     * What protecting would do, step by step; empty when all is as wanted.
     */
    wouldDo?: string[];
    /**
     * In what a protection that is there differs from what is asked.
     */
    wouldChange?: {
      /**
       * What differs.
       */
      what: string;
      /**
       * As it is.
       */
      is: string;
      /**
       * As it was asked for.
       */
      asked: string;
    }[];
    /**
     * What a backup would send.
     */
    wouldSend?: {
      [k: string]: unknown;
    };
    /**
     * When the copy is deleted, or the expiry that was sent.
     */
    expiresAt?: string;
    /**
     * A backup was running already and was followed instead.
     */
    joined?: true;
    /**
     * Backup rule of the policy that was used.
     */
    ruleName?: string;
    /**
     * Whether soft delete keeps the deleted backups.
     */
    softDeleted?: boolean;
    /**
     * Until when they can be brought back.
     */
    keptUntil?: string;
    /**
     * When a person closed the run.
     */
    closedAt?: string;
    /**
     * The error before it was closed.
     */
    was?: {
      /**
       * The service's code as it came, or ours.
       */
      code: string;
      /**
       * The same in words.
       */
      message: string;
    } | null;
    /**
     * proven; proven late: it took longer than its target; failed: nothing was restored; empty: nothing, or too few files, came back; mismatch: something else came back; unverified: the webhook stayed silent; left over: what was restored is not shown to be deleted.
     */
    verdict?: 'proven' | 'proven late' | 'failed' | 'empty' | 'mismatch' | 'unverified' | 'left over';
    /**
     * The resource whose backup was drilled.
     */
    resourceId?: string;
    /**
     * The recovery point that was restored.
     */
    point?: {
      /**
       * ARM id.
       */
      id: string;
      /**
       * When.
       */
      at: string;
      /**
       * How old the point was when the drill was asked for.
       */
      ageSeconds: number;
    };
    /**
     * What the drill made, and deleted again unless it is left.
     */
    restoredTo?: string[];
    /**
     * How long the restore took, in seconds.
     */
    restoreSeconds?: number;
    /**
     * What came back, as the kind tells it: files, containers, or size.
     */
    counts?: {
      [k: string]: string | number;
    };
    /**
     * What is not shown to be deleted, each with the reason.
     */
    left?: {
      /**
       * ARM id.
       */
      id: string;
      /**
       * Why it is still there.
       */
      reason: string;
    }[];
    /**
     * Of the dry run of a drill: what it would restore, and where.
     */
    wouldRestore?: {
      /**
       * The recovery point that would be restored.
       */
      point: {
        /**
         * ARM id.
         */
        id: string;
        /**
         * When.
         */
        at: string;
        [k: string]: unknown;
      };
      /**
       * What it would make.
       */
      to: string[];
      /**
       * What stands in the way; empty when nothing does.
       */
      obstacles: string[];
    };
    [k: string]: unknown;
  };
  /**
   * Why it did not go well.
   */
  error?: {
    /**
     * The service's code as it came, or ours.
     */
    code: string;
    /**
     * The same in words.
     */
    message: string;
    /**
     * What to do.
     */
    advice?: string;
    /**
     * What the service finds the request by.
     */
    correlationId?: string;
  };
  /**
   * What a person should know although it went on.
   */
  warnings: string[];
  /**
   * Of a batch: items by status.
   */
  counts?: {
    [k: string]: number;
  };
  /**
   * Of a batch: the first items that did not go well.
   */
  failures?: {
    /**
     * The item: an ARM id.
     */
    target: string;
    /**
     * Id of the run.
     */
    run?: string;
    /**
     * How it stands.
     */
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
    /**
     * Why it did not go well.
     */
    error?: {
      /**
       * The service's code as it came, or ours.
       */
      code: string;
      /**
       * The same in words.
       */
      message: string;
      /**
       * What to do.
       */
      advice?: string;
      /**
       * What the service finds the request by.
       */
      correlationId?: string;
    };
  }[];
  /**
   * Of the dry run of a sweep: what would be protected; the first ones.
   */
  wouldDo?: {
    /**
     * What would be protected: an ARM id.
     */
    target: string;
    /**
     * Name of a rule of the plan.
     */
    rule?: string;
    /**
     * ARM id of the policy, which lies in the same vault.
     */
    policyId?: string;
  }[];
  /**
   * Of the dry run of a sweep: the list of all, page by page.
   */
  nextLink?: string;
  /**
   * Of a batch: durations in seconds, what was skipped and why, what a sweep found.
   */
  report?: {
    [k: string]: unknown;
  };
}
/**
 * Runs, newest first.
 */
export interface RunPage {
  /**
   * The rows of this page.
   */
  value: {
    /**
     * Id of the run: 40 hexadecimal digits.
     */
    id: string;
    /**
     * What was asked for.
     */
    kind: 'backUp' | 'dryRun' | 'protect' | 'validate' | 'stop' | 'resume' | 'sweep' | 'drill';
    /**
     * How it stands.
     */
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
    /**
     * What a request acts on: a named thing in a vault, or the ARM id of a protected item, backup instance or datasource.
     */
    target?:
      | (
          | {
              /**
               * Kind of datasource.
               */
              kind: 'fileShare';
              /**
               * ARM id of the vault; of the service that the kind of target belongs to.
               */
              vaultId: string;
              /**
               * ARM id of the storage account.
               */
              storageAccountId: string;
              /**
               * Name of the file share.
               */
              share: string;
            }
          | {
              /**
               * Kind of datasource.
               */
              kind: 'virtualMachine';
              /**
               * ARM id of the vault; of the service that the kind of target belongs to.
               */
              vaultId: string;
              /**
               * ARM id of the virtual machine.
               */
              virtualMachineId: string;
            }
          | {
              /**
               * Kind of datasource.
               */
              kind: 'workload';
              /**
               * ARM id of the vault; of the service that the kind of target belongs to.
               */
              vaultId: string;
              /**
               * Name of the virtual machine, or of the protection container.
               */
              container: string;
              /**
               * Name of the database.
               */
              database: string;
            }
          | {
              /**
               * Kind of datasource.
               */
              kind: 'disk';
              /**
               * ARM id of the vault; of the service that the kind of target belongs to.
               */
              vaultId: string;
              /**
               * ARM id of the disk or of the storage account.
               */
              datasourceId: string;
            }
          | {
              /**
               * Kind of datasource.
               */
              kind: 'blobs';
              /**
               * ARM id of the vault; of the service that the kind of target belongs to.
               */
              vaultId: string;
              /**
               * ARM id of the disk or of the storage account.
               */
              datasourceId: string;
            }
        )
      | {
          /**
           * ARM id.
           */
          id: string;
        };
    /**
     * Who asked.
     */
    requestedBy: {
      /**
       * Where it comes from.
       */
      source: 'http' | 'schedule' | 'eventGrid' | 'sweep' | 'batch';
      /**
       * Tenant and object id of the caller; `local` without access control.
       */
      caller?: string;
      /**
       * The idempotency key, as given or made.
       */
      key: string;
    };
    /**
     * Who asked for the cancellation.
     */
    cancelRequestedBy?: {
      /**
       * Tenant and object id of the caller; `local` without access control.
       */
      caller?: string;
      /**
       * When.
       */
      at: string;
    };
    /**
     * Who closed a run that had ended unknown.
     */
    closedBy?: {
      /**
       * Tenant and object id of the caller; `local` without access control.
       */
      caller?: string;
      /**
       * When.
       */
      at: string;
    };
    /**
     * When the request was accepted.
     */
    createdAt: string;
    /**
     * When it ended; absent while it goes on.
     */
    endedAt?: string;
    /**
     * Id of the batch that the run belongs to.
     */
    batch?: string;
    /**
     * Which flow of the run counts: a later one replaces one that was lost.
     */
    generation: number;
    /**
     * While it runs: the service's work, or the end of one of its limits.
     */
    waitsFor?: 'service' | 'limit';
    /**
     * Azure Backup's job, as last seen.
     */
    job?: {
      /**
       * The service's id of the job.
       */
      id: string;
      /**
       * The service's own word.
       */
      status: string;
      /**
       * The service's own words.
       */
      progress?: string;
      /**
       * When it began.
       */
      startedAt?: string;
      /**
       * When it ended; absent while it goes on.
       */
      endedAt?: string;
    };
    /**
     * The proof that a backup exists.
     */
    recoveryPoint?: {
      /**
       * ARM id of the recovery point.
       */
      id: string;
      /**
       * When.
       */
      at: string;
      /**
       * The service's word.
       */
      type?: string;
      /**
       * Where copies lie.
       */
      tiers: {
        /**
         * The service's word.
         */
        type: string;
        /**
         * When the copy is deleted, or the expiry that was sent.
         */
        expiresAt?: string;
      }[];
    };
    /**
     * What came of it, by kind and service.
     */
    result?: {
      /**
       * The protected item.
       */
      protectedItemId?: string;
      /**
       * The backup instance.
       */
      backupInstanceId?: string;
      /**
       * ARM id of the policy, which lies in the same vault.
       */
      policyId?: string;
      /**
       * The service's word for the item's state.
       */
      protectionState?: string;
      /**
       * The service's word for the state.
       */
      state?: string;
      /**
       * What protecting has changed.
       */
      change?: 'protected' | 'policyChanged' | 'changed' | 'none';
      /**
       * In what a protection that was there differed from what was asked, before it was changed.
       */
      differences?: {
        /**
         * What differs.
         */
        what: string;
        /**
         * As it is.
         */
        is: string;
        /**
         * As it was asked for.
         */
        asked: string;
      }[];
      /**
       * What protecting would do, step by step; empty when all is as wanted.
       */
      wouldDo?: string[];
      /**
       * In what a protection that is there differs from what is asked.
       */
      wouldChange?: {
        /**
         * What differs.
         */
        what: string;
        /**
         * As it is.
         */
        is: string;
        /**
         * As it was asked for.
         */
        asked: string;
      }[];
      /**
       * What a backup would send.
       */
      wouldSend?: {
        [k: string]: unknown;
      };
      /**
       * When the copy is deleted, or the expiry that was sent.
       */
      expiresAt?: string;
      /**
       * A backup was running already and was followed instead.
       */
      joined?: true;
      /**
       * Backup rule of the policy that was used.
       */
      ruleName?: string;
      /**
       * Whether soft delete keeps the deleted backups.
       */
      softDeleted?: boolean;
      /**
       * Until when they can be brought back.
       */
      keptUntil?: string;
      /**
       * When a person closed the run.
       */
      closedAt?: string;
      /**
       * The error before it was closed.
       */
      was?: {
        /**
         * The service's code as it came, or ours.
         */
        code: string;
        /**
         * The same in words.
         */
        message: string;
      } | null;
      /**
       * proven; proven late: it took longer than its target; failed: nothing was restored; empty: nothing, or too few files, came back; mismatch: something else came back; unverified: the webhook stayed silent; left over: what was restored is not shown to be deleted.
       */
      verdict?: 'proven' | 'proven late' | 'failed' | 'empty' | 'mismatch' | 'unverified' | 'left over';
      /**
       * The resource whose backup was drilled.
       */
      resourceId?: string;
      /**
       * The recovery point that was restored.
       */
      point?: {
        /**
         * ARM id.
         */
        id: string;
        /**
         * When.
         */
        at: string;
        /**
         * How old the point was when the drill was asked for.
         */
        ageSeconds: number;
      };
      /**
       * What the drill made, and deleted again unless it is left.
       */
      restoredTo?: string[];
      /**
       * How long the restore took, in seconds.
       */
      restoreSeconds?: number;
      /**
       * What came back, as the kind tells it: files, containers, or size.
       */
      counts?: {
        [k: string]: string | number;
      };
      /**
       * What is not shown to be deleted, each with the reason.
       */
      left?: {
        /**
         * ARM id.
         */
        id: string;
        /**
         * Why it is still there.
         */
        reason: string;
      }[];
      /**
       * Of the dry run of a drill: what it would restore, and where.
       */
      wouldRestore?: {
        /**
         * The recovery point that would be restored.
         */
        point: {
          /**
           * ARM id.
           */
          id: string;
          /**
           * When.
           */
          at: string;
          [k: string]: unknown;
        };
        /**
         * What it would make.
         */
        to: string[];
        /**
         * What stands in the way; empty when nothing does.
         */
        obstacles: string[];
      };
      [k: string]: unknown;
    };
    /**
     * Why it did not go well.
     */
    error?: {
      /**
       * The service's code as it came, or ours.
       */
      code: string;
      /**
       * The same in words.
       */
      message: string;
      /**
       * What to do.
       */
      advice?: string;
      /**
       * What the service finds the request by.
       */
      correlationId?: string;
    };
    /**
     * What a person should know although it went on.
     */
    warnings: string[];
    /**
     * Of a batch: items by status.
     */
    counts?: {
      [k: string]: number;
    };
  }[];
  /**
   * Address of the next page; absent on the last.
   */
  nextLink?: string;
}
export interface ItemPage {
  /**
   * The rows of this page.
   */
  value: {
    /**
     * The item: an ARM id.
     */
    target: string;
    /**
     * How it stands.
     */
    status:
      | (
          | 'accepted'
          | 'running'
          | 'completed'
          | 'completedWithWarnings'
          | 'failed'
          | 'cancelled'
          | 'skipped'
          | 'timedOut'
          | 'unknown'
        )
      | 'waiting';
    /**
     * Name of a rule of the plan.
     */
    rule?: string;
    /**
     * Id of the run.
     */
    run?: string;
    /**
     * What its run is asked for, or would be.
     */
    asks?: {
      [k: string]: unknown;
    };
    /**
     * Why it did not go well.
     */
    error?: {
      /**
       * The service's code as it came, or ours.
       */
      code: string;
      /**
       * The same in words.
       */
      message: string;
    };
  }[];
  /**
   * The next page; missing on the last.
   */
  nextLink?: string;
}
/**
 * The plan beside what Azure holds.
 */
export interface Plan {
  /**
   * The plan's file or URL.
   */
  location: string;
  /**
   * lastGood: the text at its place is broken or out of reach; empty: there is none.
   */
  standing: 'current' | 'lastGood' | 'empty';
  /**
   * Since when it has stood so, to five minutes.
   */
  since?: string;
  /**
   * Errors of a broken plan, else warnings.
   */
  problems: {
    /**
     * Whether it keeps the plan from being used.
     */
    severity: 'error' | 'warning';
    /**
     * Where in the plan.
     */
    path: string;
    /**
     * The same in words.
     */
    message: string;
  }[];
  /**
   * The plan that is in force.
   */
  inForce: {
    /**
     * Path of plan.schema.json, for editors.
     */
    $schema?: string;
    /**
     * What is protected, and how; the first rule that matches wins.
     *
     * @maxItems 500
     */
    rules?: {
      /**
       * Unique name, shown in records and reports.
       */
      name: string;
      /**
       * Which resources: every condition given must hold; inside one condition any value will do.
       */
      match: {
        /**
         * Which kind of resource.
         */
        kind: 'fileShare' | 'blobs' | 'disk' | 'virtualMachine' | 'workload';
        /**
         * Ids of subscriptions.
         *
         * @minItems 1
         */
        subscriptions?: string[];
        /**
         * Names of resource groups; * and ? stand for any characters and one.
         *
         * @minItems 1
         */
        resourceGroups?: string[];
        /**
         * Regions, as Azure writes them.
         *
         * @minItems 1
         */
        regions?: string[];
        /**
         * Tags of the resource; a share has its account's.
         */
        tags?: {
          [k: string]:
            | string
            | {
                /**
                 * Any of these values.
                 *
                 * @minItems 1
                 * @maxItems 50
                 */
                anyOf: string[];
              }
            | {
                /**
                 * The tag is there, whatever its value.
                 */
                present: true;
              }
            | {
                /**
                 * The tag is not there.
                 */
                absent: true;
              };
        };
        /**
         * Names of the resource, of a share its own; * and ? stand for any characters and one.
         *
         * @minItems 1
         */
        names?: string[];
        /**
         * Names of SKUs, of a share its account's.
         *
         * @minItems 1
         */
        skus?: string[];
        /**
         * Kinds of storage account.
         *
         * @minItems 1
         */
        accountKinds?: ('StorageV2' | 'Storage' | 'FileStorage' | 'BlobStorage' | 'BlockBlobStorage')[];
        /**
         * Whether the storage account has a hierarchical namespace.
         */
        hierarchicalNamespace?: boolean;
        /**
         * What is taken out again: any entry of the list does; inside one entry every condition must hold.
         */
        exclude?:
          | {
              /**
               * Ids of subscriptions.
               *
               * @minItems 1
               */
              subscriptions?: string[];
              /**
               * Names of resource groups; * and ? stand for any characters and one.
               *
               * @minItems 1
               */
              resourceGroups?: string[];
              /**
               * Regions, as Azure writes them.
               *
               * @minItems 1
               */
              regions?: string[];
              /**
               * Tags of the resource; a share has its account's.
               */
              tags?: {
                [k: string]:
                  | string
                  | {
                      /**
                       * Any of these values.
                       *
                       * @minItems 1
                       * @maxItems 50
                       */
                      anyOf: string[];
                    }
                  | {
                      /**
                       * The tag is there, whatever its value.
                       */
                      present: true;
                    }
                  | {
                      /**
                       * The tag is not there.
                       */
                      absent: true;
                    };
              };
              /**
               * Names of the resource, of a share its own; * and ? stand for any characters and one.
               *
               * @minItems 1
               */
              names?: string[];
              /**
               * Names of SKUs, of a share its account's.
               *
               * @minItems 1
               */
              skus?: string[];
              /**
               * Kinds of storage account.
               *
               * @minItems 1
               */
              accountKinds?: ('StorageV2' | 'Storage' | 'FileStorage' | 'BlobStorage' | 'BlockBlobStorage')[];
              /**
               * Whether the storage account has a hierarchical namespace.
               */
              hierarchicalNamespace?: boolean;
            }
          | {
              /**
               * Ids of subscriptions.
               *
               * @minItems 1
               */
              subscriptions?: string[];
              /**
               * Names of resource groups; * and ? stand for any characters and one.
               *
               * @minItems 1
               */
              resourceGroups?: string[];
              /**
               * Regions, as Azure writes them.
               *
               * @minItems 1
               */
              regions?: string[];
              /**
               * Tags of the resource; a share has its account's.
               */
              tags?: {
                [k: string]:
                  | string
                  | {
                      /**
                       * Any of these values.
                       *
                       * @minItems 1
                       * @maxItems 50
                       */
                      anyOf: string[];
                    }
                  | {
                      /**
                       * The tag is there, whatever its value.
                       */
                      present: true;
                    }
                  | {
                      /**
                       * The tag is not there.
                       */
                      absent: true;
                    };
              };
              /**
               * Names of the resource, of a share its own; * and ? stand for any characters and one.
               *
               * @minItems 1
               */
              names?: string[];
              /**
               * Names of SKUs, of a share its account's.
               *
               * @minItems 1
               */
              skus?: string[];
              /**
               * Kinds of storage account.
               *
               * @minItems 1
               */
              accountKinds?: ('StorageV2' | 'Storage' | 'FileStorage' | 'BlobStorage' | 'BlockBlobStorage')[];
              /**
               * Whether the storage account has a hierarchical namespace.
               */
              hierarchicalNamespace?: boolean;
            }[];
        /**
         * Disks that a Kubernetes cluster or a scale set has made are not eligible.
         *
         * @minItems 1
         */
        leaveOut?: ('kubernetes' | 'scaleSet')[];
      };
      /**
       * How they are protected.
       */
      protect: {
        /**
         * Vault per region of the resource; * for every other region.
         */
        vaults: {
          [k: string]: string;
        };
        /**
         * Name of the backup policy in that vault.
         */
        policy: string;
        /**
         * A tag chooses the policy.
         */
        policyByTag?: {
          /**
           * Name of the tag that chooses the policy.
           */
          tag: string;
          /**
           * Policy by value of the tag, without case; other values have protect.policy.
           */
          policies: {
            [k: string]: string;
          };
        };
        /**
         * Resource group for snapshots of disks, in the disks' subscription; or one per subscription.
         */
        snapshotResourceGroup?:
          | string
          | {
              [k: string]: string;
            };
        /**
         * Which containers a vaulted protection of blobs covers, as they are now.
         */
        containers?:
          | 'all'
          | {
              /**
               * Names of containers.
               *
               * @minItems 1
               * @maxItems 100
               */
              list: string[];
            }
          | {
              /**
               * Names with * and ?.
               */
              pattern: string;
            };
        /**
         * Containers of blobs that come later are covered, too.
         */
        autoProtect?:
          | boolean
          | {
              /**
               * Containers whose names begin so are left out.
               *
               * @maxItems 10
               */
              excludePrefixes: string[];
            };
        /**
         * Which identity of the vault is used where it has several: systemAssigned, or one's ARM id.
         */
        identity?: 'systemAssigned' | string;
        /**
         * Whether missing roles of the vault are granted.
         */
        grantRoles?: boolean;
        /**
         * Whether the vault reaches the account of a share by its keys or by an identity.
         */
        accessType?: 'keys' | 'identity';
        /**
         * Whether the service puts a delete lock on the storage account of a share.
         */
        lockStorageAccount?: boolean;
        /**
         * Whether a first backup is made at once.
         */
        backUpAfterwards?: boolean;
      };
      /**
       * How often a backup is expected; absent: as often as schedules or the policy back up.
       */
      expect?: {
        /**
         * How old the newest recovery point may be; it is late after that.
         */
        every: string;
        /**
         * How much later it is down.
         */
        grace?: string;
      };
    }[];
    /**
     * What is backed up when, beside the policies.
     *
     * @maxItems 200
     */
    schedules?: {
      /**
       * Unique name, shown in records and reports.
       */
      name: string;
      /**
       * Five fields: minute, hour, day of month, month, day of week; 6#1 is the first Saturday.
       */
      cron: string;
      /**
       * IANA time zone whose wall clock counts.
       */
      timeZone: string;
      /**
       * What is backed up: one of rules, match, items.
       */
      backUp:
        | {
            /**
             * What these rules select and vaults protect.
             *
             * @minItems 1
             */
            rules: string[];
          }
        | {
            /**
             * What matches and vaults protect.
             */
            match: {
              /**
               * Which kind of resource.
               */
              kind: 'fileShare' | 'blobs' | 'disk' | 'virtualMachine' | 'workload';
              /**
               * Ids of subscriptions.
               *
               * @minItems 1
               */
              subscriptions?: string[];
              /**
               * Names of resource groups; * and ? stand for any characters and one.
               *
               * @minItems 1
               */
              resourceGroups?: string[];
              /**
               * Regions, as Azure writes them.
               *
               * @minItems 1
               */
              regions?: string[];
              /**
               * Tags of the resource; a share has its account's.
               */
              tags?: {
                [k: string]:
                  | string
                  | {
                      /**
                       * Any of these values.
                       *
                       * @minItems 1
                       * @maxItems 50
                       */
                      anyOf: string[];
                    }
                  | {
                      /**
                       * The tag is there, whatever its value.
                       */
                      present: true;
                    }
                  | {
                      /**
                       * The tag is not there.
                       */
                      absent: true;
                    };
              };
              /**
               * Names of the resource, of a share its own; * and ? stand for any characters and one.
               *
               * @minItems 1
               */
              names?: string[];
              /**
               * Names of SKUs, of a share its account's.
               *
               * @minItems 1
               */
              skus?: string[];
              /**
               * Kinds of storage account.
               *
               * @minItems 1
               */
              accountKinds?: ('StorageV2' | 'Storage' | 'FileStorage' | 'BlobStorage' | 'BlockBlobStorage')[];
              /**
               * Whether the storage account has a hierarchical namespace.
               */
              hierarchicalNamespace?: boolean;
              /**
               * What is taken out again: any entry of the list does; inside one entry every condition must hold.
               */
              exclude?:
                | {
                    /**
                     * Ids of subscriptions.
                     *
                     * @minItems 1
                     */
                    subscriptions?: string[];
                    /**
                     * Names of resource groups; * and ? stand for any characters and one.
                     *
                     * @minItems 1
                     */
                    resourceGroups?: string[];
                    /**
                     * Regions, as Azure writes them.
                     *
                     * @minItems 1
                     */
                    regions?: string[];
                    /**
                     * Tags of the resource; a share has its account's.
                     */
                    tags?: {
                      [k: string]:
                        | string
                        | {
                            /**
                             * Any of these values.
                             *
                             * @minItems 1
                             * @maxItems 50
                             */
                            anyOf: string[];
                          }
                        | {
                            /**
                             * The tag is there, whatever its value.
                             */
                            present: true;
                          }
                        | {
                            /**
                             * The tag is not there.
                             */
                            absent: true;
                          };
                    };
                    /**
                     * Names of the resource, of a share its own; * and ? stand for any characters and one.
                     *
                     * @minItems 1
                     */
                    names?: string[];
                    /**
                     * Names of SKUs, of a share its account's.
                     *
                     * @minItems 1
                     */
                    skus?: string[];
                    /**
                     * Kinds of storage account.
                     *
                     * @minItems 1
                     */
                    accountKinds?: (
                      'StorageV2' | 'Storage' | 'FileStorage' | 'BlobStorage' | 'BlockBlobStorage'
                    )[];
                    /**
                     * Whether the storage account has a hierarchical namespace.
                     */
                    hierarchicalNamespace?: boolean;
                  }
                | {
                    /**
                     * Ids of subscriptions.
                     *
                     * @minItems 1
                     */
                    subscriptions?: string[];
                    /**
                     * Names of resource groups; * and ? stand for any characters and one.
                     *
                     * @minItems 1
                     */
                    resourceGroups?: string[];
                    /**
                     * Regions, as Azure writes them.
                     *
                     * @minItems 1
                     */
                    regions?: string[];
                    /**
                     * Tags of the resource; a share has its account's.
                     */
                    tags?: {
                      [k: string]:
                        | string
                        | {
                            /**
                             * Any of these values.
                             *
                             * @minItems 1
                             * @maxItems 50
                             */
                            anyOf: string[];
                          }
                        | {
                            /**
                             * The tag is there, whatever its value.
                             */
                            present: true;
                          }
                        | {
                            /**
                             * The tag is not there.
                             */
                            absent: true;
                          };
                    };
                    /**
                     * Names of the resource, of a share its own; * and ? stand for any characters and one.
                     *
                     * @minItems 1
                     */
                    names?: string[];
                    /**
                     * Names of SKUs, of a share its account's.
                     *
                     * @minItems 1
                     */
                    skus?: string[];
                    /**
                     * Kinds of storage account.
                     *
                     * @minItems 1
                     */
                    accountKinds?: (
                      'StorageV2' | 'Storage' | 'FileStorage' | 'BlobStorage' | 'BlockBlobStorage'
                    )[];
                    /**
                     * Whether the storage account has a hierarchical namespace.
                     */
                    hierarchicalNamespace?: boolean;
                  }[];
              /**
               * Disks that a Kubernetes cluster or a scale set has made are not eligible.
               *
               * @minItems 1
               */
              leaveOut?: ('kubernetes' | 'scaleSet')[];
            };
          }
        | {
            /**
             * Ids of protected items and backup instances.
             *
             * @minItems 1
             * @maxItems 1000
             */
            items: string[];
          };
      /**
       * How long backups are kept, where the kind takes an expiry; P30D where it is not given.
       */
      keepFor?: string;
      /**
       * Retention tag of the policy, for disks and blobs.
       */
      retentionTag?: string;
      /**
       * Backup rule of the policy, where it has several.
       */
      backupRule?: string;
      /**
       * How long after its time an occurrence may still begin.
       */
      window?: string;
      /**
       * Which of the occurrences that were missed begin.
       */
      catchUp?: 'latest' | 'all' | 'none';
      /**
       * How many backups run at a time.
       */
      concurrency?: number;
    }[];
    /**
     * Restores of a sample, at set times: a backup is proven when something came back out of it.
     *
     * @maxItems 100
     */
    drills?: {
      /**
       * Which recovery point is restored.
       */
      point?: {
        /**
         * The newest point, or any; those that only the archive keeps are passed over.
         */
        choose: 'latest' | 'random';
        /**
         * How far back: days, ISO 8601.
         */
        within?: string;
      };
      /**
       * Where things are restored to, by kind; each place must lie in safety.drillTargets.
       */
      into: {
        /**
         * Of file shares: an account; the share is made and deleted.
         */
        fileShare?: {
          /**
           * ARM id of a storage account.
           */
          storageAccount: string;
          /**
           * Files, and directories with a slash at the end, that are restored instead of the whole share; of every share of the drill.
           *
           * @minItems 1
           * @maxItems 99
           */
          items?: string[];
          /**
           * How many of the items one drill takes, another choice each time.
           */
          itemsAtMost?: number;
        };
        /**
         * Of disks: a resource group; the new disk is deleted.
         */
        disk?: {
          /**
           * ARM id of a resource group.
           */
          resourceGroup: string;
          /**
           * Also disks whose network access is DenyAll or AllowPrivate, which a restore cannot ask for the copy.
           */
          evenIfPrivate?: boolean;
        };
        /**
         * Of vaulted blobs: an account that has no container of those names.
         */
        blobs?: {
          /**
           * ARM id of a storage account.
           */
          storageAccount: string;
        };
        /**
         * Of machines: each drill makes a resource group in the subscription, restores the disks into it, and deletes it whole.
         */
        virtualMachine?: {
          /**
           * ARM id of the subscription in which drills make groups of their own.
           */
          subscription: string;
          /**
           * ARM id of a storage account in the region of the vault, not zone-redundant, with shared keys.
           */
          stagingAccount: string;
          /**
           * The disk with the operating system, or all of the point.
           */
          disks?: 'os' | 'all';
        };
      };
      /**
       * What must be true of what came back.
       */
      check?: {
        /**
         * Of a share: fewer files make the verdict empty.
         */
        minimumFiles?: number;
        /**
         * Asked by https for a verdict: 200 good, 422 bad, 202 later.
         */
        webhook?: string;
        /**
         * How long the webhook may take; then unverified.
         */
        within?: string;
      };
      /**
       * How long the restored thing is kept after a good verdict: minutes and hours, ISO 8601.
       */
      keepFor?: string;
      /**
       * Request of the Resource Guard that was approved, where one guards restores of the vault.
       */
      guardRequest?: string;
      /**
       * Whether missing roles of the vault's identity are granted.
       */
      grantRoles?: boolean;
      /**
       * Name of the drill.
       */
      name: string;
      /**
       * Minute, hour, day of month, month, day of week.
       */
      cron: string;
      /**
       * IANA time zone in which the cron line counts.
       */
      timeZone: string;
      /**
       * What is drilled: rules, or a match.
       */
      of:
        | {
            /**
             * Names of rules.
             *
             * @minItems 1
             */
            rules: string[];
          }
        | {
            /**
             * Which resources: every condition given must hold.
             */
            match: {
              /**
               * Which kind of resource.
               */
              kind: 'fileShare' | 'blobs' | 'disk' | 'virtualMachine' | 'workload';
              /**
               * Ids of subscriptions.
               *
               * @minItems 1
               */
              subscriptions?: string[];
              /**
               * Names of resource groups; * and ? stand for any characters and one.
               *
               * @minItems 1
               */
              resourceGroups?: string[];
              /**
               * Regions, as Azure writes them.
               *
               * @minItems 1
               */
              regions?: string[];
              /**
               * Tags of the resource; a share has its account's.
               */
              tags?: {
                [k: string]:
                  | string
                  | {
                      /**
                       * Any of these values.
                       *
                       * @minItems 1
                       * @maxItems 50
                       */
                      anyOf: string[];
                    }
                  | {
                      /**
                       * The tag is there, whatever its value.
                       */
                      present: true;
                    }
                  | {
                      /**
                       * The tag is not there.
                       */
                      absent: true;
                    };
              };
              /**
               * Names of the resource, of a share its own; * and ? stand for any characters and one.
               *
               * @minItems 1
               */
              names?: string[];
              /**
               * Names of SKUs, of a share its account's.
               *
               * @minItems 1
               */
              skus?: string[];
              /**
               * Kinds of storage account.
               *
               * @minItems 1
               */
              accountKinds?: ('StorageV2' | 'Storage' | 'FileStorage' | 'BlobStorage' | 'BlockBlobStorage')[];
              /**
               * Whether the storage account has a hierarchical namespace.
               */
              hierarchicalNamespace?: boolean;
              /**
               * What is taken out again: any entry of the list does; inside one entry every condition must hold.
               */
              exclude?:
                | {
                    /**
                     * Ids of subscriptions.
                     *
                     * @minItems 1
                     */
                    subscriptions?: string[];
                    /**
                     * Names of resource groups; * and ? stand for any characters and one.
                     *
                     * @minItems 1
                     */
                    resourceGroups?: string[];
                    /**
                     * Regions, as Azure writes them.
                     *
                     * @minItems 1
                     */
                    regions?: string[];
                    /**
                     * Tags of the resource; a share has its account's.
                     */
                    tags?: {
                      [k: string]:
                        | string
                        | {
                            /**
                             * Any of these values.
                             *
                             * @minItems 1
                             * @maxItems 50
                             */
                            anyOf: string[];
                          }
                        | {
                            /**
                             * The tag is there, whatever its value.
                             */
                            present: true;
                          }
                        | {
                            /**
                             * The tag is not there.
                             */
                            absent: true;
                          };
                    };
                    /**
                     * Names of the resource, of a share its own; * and ? stand for any characters and one.
                     *
                     * @minItems 1
                     */
                    names?: string[];
                    /**
                     * Names of SKUs, of a share its account's.
                     *
                     * @minItems 1
                     */
                    skus?: string[];
                    /**
                     * Kinds of storage account.
                     *
                     * @minItems 1
                     */
                    accountKinds?: (
                      'StorageV2' | 'Storage' | 'FileStorage' | 'BlobStorage' | 'BlockBlobStorage'
                    )[];
                    /**
                     * Whether the storage account has a hierarchical namespace.
                     */
                    hierarchicalNamespace?: boolean;
                  }
                | {
                    /**
                     * Ids of subscriptions.
                     *
                     * @minItems 1
                     */
                    subscriptions?: string[];
                    /**
                     * Names of resource groups; * and ? stand for any characters and one.
                     *
                     * @minItems 1
                     */
                    resourceGroups?: string[];
                    /**
                     * Regions, as Azure writes them.
                     *
                     * @minItems 1
                     */
                    regions?: string[];
                    /**
                     * Tags of the resource; a share has its account's.
                     */
                    tags?: {
                      [k: string]:
                        | string
                        | {
                            /**
                             * Any of these values.
                             *
                             * @minItems 1
                             * @maxItems 50
                             */
                            anyOf: string[];
                          }
                        | {
                            /**
                             * The tag is there, whatever its value.
                             */
                            present: true;
                          }
                        | {
                            /**
                             * The tag is not there.
                             */
                            absent: true;
                          };
                    };
                    /**
                     * Names of the resource, of a share its own; * and ? stand for any characters and one.
                     *
                     * @minItems 1
                     */
                    names?: string[];
                    /**
                     * Names of SKUs, of a share its account's.
                     *
                     * @minItems 1
                     */
                    skus?: string[];
                    /**
                     * Kinds of storage account.
                     *
                     * @minItems 1
                     */
                    accountKinds?: (
                      'StorageV2' | 'Storage' | 'FileStorage' | 'BlobStorage' | 'BlockBlobStorage'
                    )[];
                    /**
                     * Whether the storage account has a hierarchical namespace.
                     */
                    hierarchicalNamespace?: boolean;
                  }[];
              /**
               * Disks that a Kubernetes cluster or a scale set has made are not eligible.
               *
               * @minItems 1
               */
              leaveOut?: ('kubernetes' | 'scaleSet')[];
            };
          };
      /**
       * How many of them one occurrence takes.
       */
      sample?: {
        /**
         * Per cent of what is selected.
         */
        share?: number;
        /**
         * At least so many.
         */
        atLeast?: number;
        /**
         * At most so many.
         */
        atMost?: number;
      };
      /**
       * Time to restore: longer is proven late.
       */
      target?: string;
      /**
       * Restores that the drill begins on one UTC day.
       */
      restoresADay?: number;
      /**
       * How long after its time an occurrence may still begin.
       */
      window?: string;
      /**
       * Which missed occurrences begin.
       */
      catchUp?: 'latest' | 'all' | 'none';
      /**
       * How many backups run at a time.
       */
      concurrency?: number;
    }[];
    /**
     * Which endings of runs and batches are told to the webhook.
     *
     * @maxItems 20
     */
    notifications?: {
      /**
       * The endings that are told.
       *
       * @minItems 1
       */
      endings: (
        'completed' | 'completedWithWarnings' | 'failed' | 'cancelled' | 'skipped' | 'timedOut' | 'unknown'
      )[];
      /**
       * The setting that names the webhook.
       */
      webhook?: 'NOTIFY_URL';
    }[];
    /**
     * Who hears of backups that are late, down, failing, or well again, and in which form.
     *
     * @maxItems 20
     */
    channels?: {
      /**
       * Unique name.
       */
      name: string;
      /**
       * The form of what is sent.
       */
      kind?: 'cloudEvents' | 'teams' | 'slack' | 'serviceNow';
      /**
       * Name of the setting that holds the https address.
       */
      url?: string;
      /**
       * Name of the setting that holds the key of signatures; of serviceNow user:password or a token.
       */
      secret?: string;
      /**
       * Which changes of a resource are told.
       */
      tells?: ('late' | 'down' | 'failing' | 'unprotected' | 'ok')[];
      /**
       * Which endings of runs and batches are told.
       */
      endings?: (
        'completed' | 'completedWithWarnings' | 'failed' | 'cancelled' | 'skipped' | 'timedOut' | 'unknown'
      )[];
      /**
       * Only resources that these rules select; absent: all.
       *
       * @minItems 1
       */
      rules?: string[];
      /**
       * What is not as it should be, once per occurrence of a cron line in local time.
       */
      digest?: {
        /**
         * Five fields, as in schedules.
         */
        cron: string;
        /**
         * IANA time zone.
         */
        timeZone: string;
      };
    }[];
    /**
     * Nothing outside is ever protected, backed up or stopped, whoever asks; an empty list allows nothing.
     */
    safety: {
      /**
       * Ids of subscriptions that are read and written to.
       *
       * @maxItems 1000
       */
      subscriptions: string[];
      /**
       * Ids of vaults that are written to.
       *
       * @maxItems 1000
       */
      vaults: string[];
      /**
       * Whether backups may be deleted, in these vaults.
       */
      deleteBackups?: boolean;
      /**
       * Resource groups and storage accounts that restore drills may restore into, and delete from what they made; of a subscription only the groups that drills of machines make there.
       *
       * @maxItems 1000
       */
      drillTargets?: string[];
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
  /**
   * By drill of the plan: the next five.
   */
  drillOccurrences: {
    [k: string]: string[];
  };
  /**
   * By rule, in the order of the plan, what it selects.
   */
  rules: {
    /**
     * Name of a rule of the plan.
     */
    rule: string;
    /**
     * The resources that the rule selects.
     */
    selected: {
      /**
       * ARM id.
       */
      id: string;
      /**
       * Which kind of resource.
       */
      kind: 'fileShare' | 'blobs' | 'disk' | 'virtualMachine' | 'workload';
      /**
       * ARM id of the vault; of the service that the kind of target belongs to.
       */
      vaultId: string;
      /**
       * ARM id of the policy, which lies in the same vault.
       */
      policyId: string;
      /**
       * How it is beside what it should be.
       */
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
  /**
   * Resources that no rule selects, each with the reason.
   */
  skipped: {
    /**
     * ARM id.
     */
    id: string;
    /**
     * Kind of datasource.
     */
    kind: string;
    /**
     * Why, in a sentence.
     */
    reason: string;
  }[];
  /**
   * What a rule takes and the service cannot back up, or the rule leaves out.
   */
  notEligible: {
    /**
     * ARM id.
     */
    id: string;
    /**
     * Which kind of resource.
     */
    kind: 'fileShare' | 'blobs' | 'disk' | 'virtualMachine' | 'workload';
    /**
     * Name of a rule of the plan.
     */
    rule: string;
    /**
     * Why, in a sentence.
     */
    reason: string;
  }[];
  /**
   * What a vault protects and no rule selects.
   */
  protectedOutsidePlan: {
    /**
     * ARM id.
     */
    id: string;
    /**
     * Which kind of resource.
     */
    kind: 'fileShare' | 'blobs' | 'disk' | 'virtualMachine' | 'workload';
    /**
     * The protected item or backup instance.
     */
    protectedBy: string;
    /**
     * ARM id of the vault; of the service that the kind of target belongs to.
     */
    vaultId: string;
    /**
     * The service's word for the state.
     */
    state: string;
    /**
     * Why, in a sentence.
     */
    reason: string;
  }[];
  /**
   * Protections whose source is gone.
   */
  orphans: {
    /**
     * The protected item or backup instance.
     */
    item: string;
    /**
     * ARM id of the resource that is gone.
     */
    source: string;
    /**
     * The service's word for the state.
     */
    state: string;
  }[];
  /**
   * What a person should know although it went on.
   */
  warnings: string[];
}
/**
 * One row per resource, worst and oldest first.
 */
export interface CoveragePage {
  /**
   * The rows of this page.
   */
  value: {
    /**
     * ARM id of the resource; of a share below its account, of a database the id of the item.
     */
    id: string;
    /**
     * Which kind of resource.
     */
    kind: 'fileShare' | 'blobs' | 'disk' | 'virtualMachine' | 'workload';
    /**
     * Name.
     */
    name: string;
    /**
     * Subscription.
     */
    subscriptionId: string;
    /**
     * Resource group.
     */
    resourceGroup: string;
    /**
     * Region.
     */
    region?: string;
    /**
     * The one verdict.
     */
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
    /**
     * Name of a rule of the plan.
     */
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
    /**
     * How fresh the newest backup should be.
     */
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
    /**
     * The newest recovery point that is known.
     */
    lastGoodPoint?: {
      /**
       * UTC, ISO 8601.
       */
      at: string;
      /**
       * ARM id of the recovery point.
       */
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
      /**
       * Id of the run.
       */
      id: string;
      /**
       * What was asked for.
       */
      kind: string;
      /**
       * How the run stands.
       */
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
    /**
     * When a schedule backs it up next.
     */
    nextOccurrence?: {
      /**
       * UTC, ISO 8601.
       */
      at: string;
      /**
       * Name of the schedule.
       */
      schedule: string;
    };
    /**
     * The newest restore drill.
     */
    drill?: {
      /**
       * Id of the run.
       */
      run: string;
      /**
       * UTC, ISO 8601.
       */
      at: string;
      /**
       * proven; proven late: it took longer than its target; failed: nothing was restored; empty: nothing, or too few files, came back; mismatch: something else came back; unverified: the webhook stayed silent; left over: what was restored is not shown to be deleted.
       */
      verdict: 'proven' | 'proven late' | 'failed' | 'empty' | 'mismatch' | 'unverified' | 'left over';
      /**
       * UTC, ISO 8601.
       */
      pointAt?: string;
      /**
       * How long the restore took, in seconds.
       */
      restoreSeconds?: number;
      /**
       * Why it proves nothing: code and message.
       */
      reason?: string;
    };
    /**
     * When Azure was read for this row.
     */
    readAt: string;
  }[];
  /**
   * What is true of the whole estate.
   */
  summary: {
    /**
     * Resources by state; of every state.
     */
    counts: {
      [k: string]: number;
    };
    /**
     * All resources.
     */
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
    /**
     * What could not be read.
     */
    incompleteReasons: string[];
    /**
     * A read that goes on now.
     */
    refreshing?: {
      /**
       * UTC, ISO 8601.
       */
      startedAt: string;
      /**
       * Rows read so far.
       */
      rows: number;
    };
  };
  /**
   * Address of the next page; absent on the last.
   */
  nextLink?: string;
}
/**
 * One resource and the changes of its state.
 */
export interface CoverageResource {
  /**
   * The resource and its one verdict.
   */
  resource: {
    /**
     * ARM id of the resource; of a share below its account, of a database the id of the item.
     */
    id: string;
    /**
     * Which kind of resource.
     */
    kind: 'fileShare' | 'blobs' | 'disk' | 'virtualMachine' | 'workload';
    /**
     * Name.
     */
    name: string;
    /**
     * Subscription.
     */
    subscriptionId: string;
    /**
     * Resource group.
     */
    resourceGroup: string;
    /**
     * Region.
     */
    region?: string;
    /**
     * The one verdict.
     */
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
    /**
     * Name of a rule of the plan.
     */
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
    /**
     * How fresh the newest backup should be.
     */
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
    /**
     * The newest recovery point that is known.
     */
    lastGoodPoint?: {
      /**
       * UTC, ISO 8601.
       */
      at: string;
      /**
       * ARM id of the recovery point.
       */
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
      /**
       * Id of the run.
       */
      id: string;
      /**
       * What was asked for.
       */
      kind: string;
      /**
       * How the run stands.
       */
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
    /**
     * When a schedule backs it up next.
     */
    nextOccurrence?: {
      /**
       * UTC, ISO 8601.
       */
      at: string;
      /**
       * Name of the schedule.
       */
      schedule: string;
    };
    /**
     * The newest restore drill.
     */
    drill?: {
      /**
       * Id of the run.
       */
      run: string;
      /**
       * UTC, ISO 8601.
       */
      at: string;
      /**
       * proven; proven late: it took longer than its target; failed: nothing was restored; empty: nothing, or too few files, came back; mismatch: something else came back; unverified: the webhook stayed silent; left over: what was restored is not shown to be deleted.
       */
      verdict: 'proven' | 'proven late' | 'failed' | 'empty' | 'mismatch' | 'unverified' | 'left over';
      /**
       * UTC, ISO 8601.
       */
      pointAt?: string;
      /**
       * How long the restore took, in seconds.
       */
      restoreSeconds?: number;
      /**
       * Why it proves nothing: code and message.
       */
      reason?: string;
    };
    /**
     * When Azure was read for this row.
     */
    readAt: string;
  };
  /**
   * Changes of its state, newest first.
   */
  history: {
    /**
     * UTC, ISO 8601.
     */
    at: string;
    /**
     * The state from then on.
     */
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
     * Why, in a sentence.
     */
    reason: string;
  }[];
}
/**
 * Counts of states by kind, day by day.
 */
export interface CoverageHistory {
  /**
   * Days, oldest first.
   */
  days: {
    /**
     * The day, UTC.
     */
    date: string;
    /**
     * Absent: no complete read that day.
     */
    readAt?: string;
    /**
     * By kind, how many resources were in each state.
     */
    kinds: {
      [k: string]: {
        [k: string]: number;
      };
    };
  }[];
}
/**
 * Vaults: how they are set up and what goes on in them.
 */
export interface Vaults {
  /**
   * The rows of this page.
   */
  value: {
    /**
     * ARM id.
     */
    id: string;
    /**
     * Name.
     */
    name: string;
    /**
     * Which service the vault belongs to.
     */
    type: 'recoveryServices' | 'backup';
    /**
     * Subscription.
     */
    subscriptionId: string;
    /**
     * Region.
     */
    region?: string;
    /**
     * UTC, ISO 8601.
     */
    readAt?: string;
    /**
     * Why the vault could not be read.
     */
    problem?: string;
    /**
     * How the vault is set up, control by control.
     */
    posture: {
      /**
       * The control.
       */
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
      /**
       * What came of it.
       */
      verdict: 'pass' | 'fail' | 'unknown';
      /**
       * The property that was read.
       */
      property: string;
      /**
       * Its value; absent where the service does not say.
       */
      value?: string;
      /**
       * The same in words.
       */
      message: string;
    }[];
    /**
     * Protected items or backup instances by standing.
     */
    items: {
      [k: string]: number;
    };
    /**
     * Jobs that go on now.
     */
    jobsInFlight: number;
    /**
     * Requests that may still be made.
     */
    budgets: {
      /**
       * `reads` and `writes` of the subscription, or one action of the provider.
       */
      action: string;
      /**
       * Requests left.
       */
      remaining: number;
      /**
       * Most of them.
       */
      limit: number;
      /**
       * UTC, ISO 8601.
       */
      pausedUntil?: string;
    }[];
    /**
     * On-demand backups of items today.
     */
    dailyLimits: {
      /**
       * ARM id.
       */
      item: string;
      /**
       * Kind of datasource.
       */
      kind: string;
      /**
       * Backups today.
       */
      used: number;
      /**
       * Most of them.
       */
      limit: number;
      /**
       * The day, UTC.
       */
      day: string;
    }[];
  }[];
}
/**
 * Whether the app could start.
 */
export interface Health {
  /**
   * degraded when anything is bad: `reasons` has it.
   */
  status: 'healthy' | 'degraded';
  /**
   * Everything that is bad; this and all below with Backups.Read alone.
   */
  reasons?: string[];
  /**
   * The app's own storage.
   */
  storage?: {
    /**
     * Whether anything answered.
     */
    reachable: boolean;
  };
  /**
   * Messages that wait, hidden ones included.
   */
  queues?: {
    /**
     * Steps on their way.
     */
    steps: number;
    /**
     * Messages given up.
     */
    poison: number;
  };
  /**
   * Every timer of the app.
   */
  timers?: {
    /**
     * Name of the function.
     */
    name: string;
    /**
     * The last tick that went well.
     */
    lastTickAt?: string;
    /**
     * No tick for longer than the timer may be silent.
     */
    isLate: boolean;
  }[];
  /**
   * How the plan stands.
   */
  plan?: {
    /**
     * lastGood: the text there is broken or out of reach; empty: there is none.
     */
    standing: 'current' | 'lastGood' | 'empty' | 'unreachable';
    /**
     * Since when it stands so.
     */
    since?: string;
    /**
     * Errors of a broken text, else warnings.
     */
    problems: number;
    /**
     * What is bad about it.
     */
    fault?: string;
  };
  /**
   * Keys of the issuer of callers' tokens; absent without access control.
   */
  signingKeys?: {
    /**
     * When the keys in use were read.
     */
    readAt?: string;
    /**
     * Why the last reading failed.
     */
    failure?: string;
  };
  /**
   * The last request of this instance to Azure; absent before the first one.
   */
  arm?: {
    /**
     * When.
     */
    at: string;
    /**
     * Whether anything answered.
     */
    reachable: boolean;
    /**
     * Why nothing answered.
     */
    reason?: string;
  };
}
/**
 * A message of the Model Context Protocol, or the answer to one: JSON-RPC 2.0.
 */
export interface McpMessage {
  /**
   * The version of JSON-RPC.
   */
  jsonrpc: '2.0';
  /**
   * Pairs an answer with its message; a notification has none.
   */
  id?: string | number;
  /**
   * What is asked.
   */
  method?: string;
  /**
   * What it is asked with.
   */
  params?: {
    [k: string]: unknown;
  };
  /**
   * The answer; one of a tool says with isError that it was refused.
   */
  result?: {
    [k: string]: unknown;
  };
  /**
   * Why there is no answer.
   */
  error?: {
    /**
     * A code of JSON-RPC.
     */
    code: number;
    /**
     * The same in words.
     */
    message: string;
    [k: string]: unknown;
  };
  [k: string]: unknown;
}
/**
 * A request that was not accepted, and why.
 */
export interface Error {
  /**
   * Why it did not go well.
   */
  error: {
    /**
     * The service's code as it came, or ours.
     */
    code: string;
    /**
     * The same in words.
     */
    message: string;
    /**
     * The field, header or query parameter that is wrong.
     */
    target?: string;
    /**
     * Every problem, each with its path.
     */
    details?: {
      /**
       * The service's code as it came, or ours.
       */
      code: string;
      /**
       * The same in words.
       */
      message: string;
      /**
       * The field that is wrong, as a path.
       */
      target?: string;
    }[];
  };
}
