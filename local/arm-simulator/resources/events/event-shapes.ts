import { parseResourceId } from '../../resources.ts';

/** What happened to a resource, before it is dressed in a schema. */
export interface ResourceEvent {
  readonly id: string;
  /** `Microsoft.Resources.ResourceWriteSuccess` and its like. */
  readonly type: string;
  /** Resource id, group segment in lower case as the platform often has it. */
  readonly subject: string;
  readonly operationName: string;
  readonly status: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly correlationId: string;
  readonly principalId: string;
  readonly tenantId: string;
}

/** The two schemas of a delivery. */
type EventSchema = 'EventGridSchema' | 'CloudEventSchemaV1_0';

/** Body of one delivery: an array for Event Grid's own schema, one object for CloudEvents. */
export function dressEvent(event: ResourceEvent, schema: EventSchema): unknown {
  const { subscription } = parseResourceId(event.subject);
  const source = `/subscriptions/${subscription}`;
  const time = new Date(event.at).toISOString().replace('Z', '0000Z');
  const data = dataOf(event, subscription);
  const { id, subject, type } = event;
  if (schema === 'CloudEventSchemaV1_0') return { specversion: '1.0', source, subject, type, time, id, data };
  return [
    {
      topic: source,
      subject,
      eventType: type,
      eventTime: time,
      id,
      data,
      dataVersion: '2',
      metadataVersion: '1',
    },
  ];
}

function dataOf(event: ResourceEvent, subscriptionId: string): unknown {
  const { subject, operationName, principalId, tenantId } = event;
  return {
    authorization: {
      scope: subject,
      action: operationName,
      evidence: {
        role: 'Contributor',
        roleAssignmentScope: `/subscriptions/${subscriptionId}`,
        principalId: principalId.replaceAll('-', ''),
        principalType: 'User',
      },
    },
    claims: claimsOf(event),
    correlationId: event.correlationId,
    httpRequest: '',
    resourceProvider: operationName.split('/')[0] ?? '',
    resourceUri: subject,
    operationName,
    status: event.status,
    subscriptionId,
    tenantId,
  };
}

// Personal data on purpose: receivers must be seen not to keep it.
const claimsOf = ({ at, tenantId, principalId }: ResourceEvent) => ({
  aud: 'https://management.core.windows.net/',
  iss: `https://sts.windows.net/${tenantId}/`,
  iat: String(Math.floor(at / 1000)),
  nbf: String(Math.floor(at / 1000)),
  exp: String(Math.floor(at / 1000) + 3900),
  appid: principalId,
  appidacr: '2',
  name: 'Example Operator',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'operator@example.com',
});
