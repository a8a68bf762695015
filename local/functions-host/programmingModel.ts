import type { NamedTypedData, TypedData } from './typedData.ts';
import type { TriggerMetadata } from './triggerMetadata.ts';

/** What the app passes as handler; the arguments are the inputs, then the invocation context. */
export type FunctionCallback = (...inputs: unknown[]) => unknown;

/** What the library registers of a function. */
export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly retryOptions?: Readonly<Record<string, unknown>>;
}

/** How loud a log line is. */
export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';

/** Filled in by the library when a retry policy of the function is at work. */
export interface RetryContext {
  readonly retryCount: number;
  readonly maxRetryCount: number;
  readonly exception?: { readonly message?: string; readonly source?: string; readonly stackTrace?: string };
}

/** One call as the worker receives it. */
export interface InvocationRequest {
  readonly invocationId: string;
  readonly functionId: string;
  /** Trigger first, then input bindings. */
  readonly inputData: readonly NamedTypedData[];
  readonly triggerMetadata: TriggerMetadata;
  readonly traceContext: { traceParent: string; traceState: string; attributes: Record<string, string> };
  readonly retryContext?: RetryContext;
}

/** What the library gets for one call; `state` is changed by the host as the call proceeds. */
export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly request: InvocationRequest;
  readonly metadata: FunctionMetadata;
  state: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
  log(level: LogLevel, category: string, message: string): void;
}

/** The library's view of one call, used in the order of its methods. */
export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

/** What the library made of a function's result. */
export interface InvocationResponse {
  readonly returnValue?: TypedData | null;
  readonly outputData?: readonly NamedTypedData[] | null;
}

/** The one object `@azure/functions` hands to its host. */
export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel | Promise<InvocationModel>;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}
