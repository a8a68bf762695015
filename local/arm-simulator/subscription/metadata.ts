import { json } from '../replies.ts';
import type { Call, Route } from '../core.ts';

/** `/metadata/endpoints`: where a client finds the login and resource endpoints of this cloud. */
export const metadataRoutes: readonly Route[] = [
  {
    name: 'metadata.endpoints',
    method: 'GET',
    path: '/metadata/endpoints',
    guarded: false,
    handle: (call) => json(200, call.apiVersion < '2019-05-01' ? oldEndpoints(call) : listOrOne(call)),
  },
];

/** Until 2018 one bare object; from 2019-05-01 a list of clouds; from 2022-09-01 the cloud asked. */
function listOrOne(call: Call): unknown {
  const cloud = newEndpoints(call);
  return call.apiVersion >= '2022-09-01' ? cloud : [cloud];
}

function oldEndpoints({ url }: Call): unknown {
  return {
    galleryEndpoint: `${url.origin}/`,
    graphEndpoint: 'https://graph.windows.net/',
    portalEndpoint: 'https://portal.azure.com/',
    authentication: { loginEndpoint: 'https://login.microsoftonline.com/', audiences: audiences(url) },
  };
}

function newEndpoints({ url, core }: Call): unknown {
  return {
    portal: 'https://portal.azure.com',
    authentication: {
      loginEndpoint: 'https://login.microsoftonline.com',
      audiences: audiences(url),
      tenant: core.world.tenantId,
      identityProvider: 'AAD',
    },
    media: 'https://rest.media.azure.net',
    graphAudience: 'https://graph.windows.net/',
    graph: 'https://graph.windows.net/',
    name: 'AzureCloud',
    suffixes: {
      azureDataLakeStoreFileSystem: 'azuredatalakestore.net',
      acrLoginServer: 'azurecr.io',
      sqlServerHostname: 'database.windows.net',
      azureDataLakeAnalyticsCatalogAndJob: 'azuredatalakeanalytics.net',
      keyVaultDns: 'vault.azure.net',
      storage: 'core.windows.net',
      azureFrontDoorEndpointSuffix: 'azurefd.net',
      storageSyncEndpointSuffix: 'afs.azure.net',
      mhsmDns: 'managedhsm.azure.net',
      mysqlServerEndpoint: 'mysql.database.azure.com',
      postgresqlServerEndpoint: 'postgres.database.azure.com',
      mariadbServerEndpoint: 'mariadb.database.azure.com',
      synapseAnalytics: 'dev.azuresynapse.net',
      attestationEndpoint: 'attest.azure.net',
    },
    batch: 'https://batch.core.windows.net/',
    resourceManager: `${url.origin}/`,
    vmImageAliasDoc:
      'https://raw.githubusercontent.com/Azure/azure-rest-api-specs/main/arm-compute/quickstart-templates/aliases.json',
    activeDirectoryDataLake: 'https://datalake.azure.net/',
    sqlManagement: 'https://management.core.windows.net:8443/',
    microsoftGraphResourceId: 'https://graph.microsoft.com/',
    appInsightsResourceId: 'https://api.applicationinsights.io',
    appInsightsTelemetryChannelResourceId: 'https://dc.applicationinsights.azure.com/v2/track',
    attestationResourceId: 'https://attest.azure.net',
    synapseAnalyticsResourceId: 'https://dev.azuresynapse.net',
    logAnalyticsResourceId: 'https://api.loganalytics.io',
    ossrDbmsResourceId: 'https://ossrdbms-aad.database.windows.net',
    gallery: 'https://gallery.azure.com/',
  };
}

const audiences = (url: URL): string[] => [
  `${url.origin}/`,
  'https://management.core.windows.net/',
  'https://management.azure.com/',
];
