import type { ProgrammingModel } from '../../../local/functions-host/programmingModel.ts';
import type { FunctionRegistry } from '../../../local/functions-host/registry.ts';
import type { NamedTypedData } from '../../../local/functions-host/typedData.ts';

/** One call of the app as it crossed the boundary. */
export interface RecordedCall {
  readonly functionName: string;
  /** `orchestrationTrigger`, `httpTrigger` and so on. */
  readonly triggerType: string;
  readonly inputData: readonly NamedTypedData[];
  readonly triggerMetadata: Readonly<Record<string, unknown>>;
  /** Absent while the call runs and for ever when its process was killed. */
  response?: { readonly returnValue?: unknown } | { readonly failed: true; readonly message: string };
}

/** Listens in on every call of an app. */
export interface CallRecorder {
  readonly calls: readonly RecordedCall[];
  /** Attach after each start of the host. */
  attach(registry: FunctionRegistry): void;
  /** From now on nothing of what is running is recorded any more. */
  cut(): void;
}

interface Metadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const triggerTypeOf = ({ bindings }: Metadata): string =>
  Object.values(bindings)
    .map((binding) => String(binding['type']))
    .find((type) => /trigger$/i.test(type)) ?? '';

/** A recorder without calls. */
export function createCallRecorder(): CallRecorder {
  const calls: RecordedCall[] = [];
  const attached = new WeakSet<ProgrammingModel>();
  let epoch = 0;

  function attach(registry: FunctionRegistry): void {
    const model = registry.model();
    if (!model || attached.has(model)) return;
    attached.add(model);
    const original = model.getInvocationModel.bind(model);
    model.getInvocationModel = async (core) => {
      const own = epoch;
      const inner = await original(core);
      const { inputData, triggerMetadata } = core.request;
      const functionName = core.metadata.name;
      const call: RecordedCall = {
        functionName,
        triggerType: triggerTypeOf(core.metadata),
        inputData,
        triggerMetadata,
      };
      calls.push(call);
      const answer = (response: NonNullable<RecordedCall['response']>): void => {
        if (own === epoch) call.response = response;
      };
      return {
        getArguments: () => inner.getArguments(),
        async invokeFunction(context, inputs, callback) {
          try {
            return await inner.invokeFunction(context, inputs, callback);
          } catch (error) {
            answer({ failed: true, message: error instanceof Error ? error.message : String(error) });
            throw error;
          }
        },
        async getResponse(context, result) {
          try {
            const response = await inner.getResponse(context, result);
            answer({ returnValue: response.returnValue });
            return response;
          } catch (error) {
            answer({ failed: true, message: error instanceof Error ? error.message : String(error) });
            throw error;
          }
        },
      };
    };
  }

  return { calls, attach, cut: () => void (epoch += 1) };
}
