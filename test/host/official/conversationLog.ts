import type { RecordedCall } from './callRecorder.ts';
import type { ActivityLine, EpisodeLine, EpisodeRequest } from './recordings.ts';

const textOf = (call: RecordedCall): string => call.inputData[0]?.data.string ?? '{}';

/** The orchestrator calls of the local host in the form of a recording. */
export function episodesOf(calls: readonly RecordedCall[]): readonly EpisodeLine[] {
  const counts = new Map<string, number>();
  return calls
    .filter((call) => call.triggerType === 'orchestrationTrigger')
    .map((call) => {
      const request = JSON.parse(textOf(call)) as EpisodeRequest & { instanceId: string };
      const n = (counts.get(request.instanceId) ?? 0) + 1;
      counts.set(request.instanceId, n);
      const { response } = call;
      const threw = response !== undefined && 'failed' in response;
      return {
        kind: 'episode',
        instanceId: request.instanceId,
        functionName: call.functionName,
        n,
        request,
        response: threw ? response.message : returnedJson(response),
        ...(threw ? { threw } : {}),
      };
    });
}

function returnedJson(response: RecordedCall['response']): unknown {
  const value = (response as { returnValue?: { json?: string } } | undefined)?.returnValue;
  return value?.json === undefined ? null : (JSON.parse(value.json) as unknown);
}

/** The activity calls of the local host in the form of a recording. */
export const activitiesOf = (calls: readonly RecordedCall[]): readonly ActivityLine[] =>
  calls
    .filter((call) => call.triggerType === 'activityTrigger')
    .map((call) => ({
      kind: 'activity',
      instanceId: (call.triggerMetadata['instanceId'] as { string?: string } | undefined)?.string ?? '',
      functionName: call.functionName,
      request: { inputData: call.inputData, triggerMetadata: call.triggerMetadata },
      response: activityResponse(call.response),
    }));

function activityResponse(response: RecordedCall['response']): Record<string, unknown> | null {
  if (!response) return null;
  if ('failed' in response) return { failed: true, exception: { message: response.message } };
  return { returnValue: response.returnValue };
}
