import type { InvocationInput, InvocationOutcome } from '../invoke.ts';
import type { RegisteredFunction } from '../registry.ts';
import { overlayValueProperties } from '../triggerMetadata.ts';
import type { TypedData } from '../typedData.ts';

/** What an activity function is called with. @param input JSON text of the action's input; absent when it has none. @param isShort gives a value instead of its text. */
export function activityInput(
  fn: RegisteredFunction,
  instanceId: string,
  input: string | undefined,
  isShort = false,
): InvocationInput {
  const { key } = fn.trigger;
  const value = input === undefined ? undefined : (JSON.parse(input) as unknown);
  const metadata = { instanceId: { string: instanceId } };
  if (value === undefined || value === null)
    return { inputData: [{ name: key, data: {} }], triggerMetadata: metadata };
  if (isShort && typeof value === 'object')
    return { inputData: [{ name: key, data: { live: value } }], triggerMetadata: metadata };
  const data: TypedData = { string: activityText(value) };
  const full = { ...metadata, [key]: data, data: { json: JSON.stringify(value) } };
  return { inputData: [{ name: key, data }], triggerMetadata: overlayValueProperties(full, value) };
}

// Strings were encoded once more by the SDK; booleans arrive as .NET writes them (recorded: activity-inputs).
function activityText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return JSON.stringify(value);
}

/** An activity's result as JSON text; bytes become base64 text, nothing is null. */
export function resultText(data: TypedData | undefined): string | null {
  if (data?.string !== undefined) return JSON.stringify(data.string);
  if (data?.json !== undefined) return data.json;
  const bytes = data?.bytes ?? data?.stream;
  if (bytes !== undefined) return JSON.stringify(Buffer.from(bytes).toString('base64'));
  const number = data?.int ?? data?.double;
  return number === undefined ? null : String(number);
}

/** How a failed activity reads in the history: two blanks before the message, details as the host dumps them. */
export function activityFailure(
  name: string,
  outcome: Extract<InvocationOutcome, { ok: false }>,
): { reason: string; details: string } {
  const { error } = outcome;
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? (error.stack ?? message) : message;
  return {
    reason: `Activity function '${name}' failed:  ${message}`,
    details: JSON.stringify({
      $type: 'System.Exception, System.Private.CoreLib',
      ClassName: 'System.Exception',
      Message: ` ${message}`,
      Data: null,
      InnerException: {
        $type: 'Microsoft.Azure.WebJobs.Script.Workers.Rpc.RpcException, Microsoft.Azure.WebJobs.Script',
        IsUserException: false,
        RemoteStackTrace: stack,
        RemoteMessage: message,
        RemoteTypeName: null,
        Message: `Result: Failure\nException: ${message}\nStack: ${stack}`,
      },
      StackTraceString: null,
      HResult: -2146233088,
      Source: null,
    }),
  };
}
