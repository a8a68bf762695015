// Loaded only where access control is on: the library is larger than the whole page.
import {
  CacheLookupPolicy,
  InteractionRequiredAuthError,
  NavigationClient,
  ProtocolMode,
  PublicClientApplication,
  type AuthenticationResult,
  type Configuration,
  type INetworkModule,
  type NetworkRequestOptions,
  type NetworkResponse,
} from '@azure/msal-browser';
import type { SignedIn, SignInConfig } from './session.ts';

/** As it is registered; the app leads from there to the page, and the browser takes the answer along. */
const pageRoot = `${location.origin}/`;
/** Where the reader was when the page left for the sign-in. */
const placeKey = 'placeBeforeSignIn';

/** The library asks https alone; an issuer on a developer's machine speaks http. */
const localUrl = (url: string): string => url.replace(/^https:/, 'http:');

class LocalNavigation extends NavigationClient {
  override navigateExternal(
    ...[url, options]: Parameters<NavigationClient['navigateExternal']>
  ): Promise<boolean> {
    return super.navigateExternal(localUrl(url), options);
  }
}

async function exchange<T>(
  method: string,
  url: string,
  options?: NetworkRequestOptions,
): Promise<NetworkResponse<T>> {
  const { headers, body } = options ?? {};
  const response = await fetch(localUrl(url), {
    method,
    ...(headers ? { headers } : {}),
    ...(body === undefined ? {} : { body }),
  });
  return {
    headers: Object.fromEntries(response.headers),
    body: (await response.json()) as T,
    status: response.status,
  };
}

const localNetwork: INetworkModule = {
  sendGetRequestAsync: (url, options) => exchange('GET', url, options),
  sendPostRequestAsync: (url, options) => exchange('POST', url, options),
};

/** What an issuer on this machine would tell of itself. */
function localIssuer(authority: string): Pick<Configuration, 'system'> & { readonly metadata: string } {
  const at = (path: string): string => `${authority.replace(/^http:/, 'https:')}${path}`;
  const metadata = {
    issuer: at('/v2.0'),
    authorization_endpoint: at('/oauth2/v2.0/authorize'),
    token_endpoint: at('/oauth2/v2.0/token'),
    end_session_endpoint: at('/oauth2/v2.0/logout'),
    jwks_uri: at('/discovery/v2.0/keys'),
  };
  return {
    metadata: JSON.stringify(metadata),
    system: {
      protocolMode: ProtocolMode.OIDC,
      networkClient: localNetwork,
      navigationClient: new LocalNavigation(),
    },
  };
}

/**
 * @param tokens where they are kept. In memory they are gone with the tab, and the identity platform's own session makes
 *   the next sign-in silent; to leave the page the library wants a storage that outlives it, for the state of the sign-in.
 */
async function createClient(
  { authority, clientId }: SignInConfig,
  tokens: 'memoryStorage' | 'sessionStorage',
): Promise<PublicClientApplication> {
  const local = authority.startsWith('http:') ? localIssuer(authority) : undefined;
  const client = new PublicClientApplication({
    auth: {
      clientId,
      authority: authority.replace(/^http:/, 'https:'),
      knownAuthorities: [new URL(authority).host],
      redirectUri: pageRoot,
      postLogoutRedirectUri: pageRoot,
      ...(local ? { authorityMetadata: local.metadata } : {}),
    },
    cache: { cacheLocation: tokens },
    ...(local?.system ? { system: local.system } : {}),
  });
  await client.initialize();
  return client;
}

async function leaveForGood(config: SignInConfig): Promise<void> {
  await (await createClient(config, 'sessionStorage')).logoutRedirect();
}

function backToPlace(): void {
  const place = sessionStorage.getItem(placeKey);
  sessionStorage.removeItem(placeKey);
  if (place) history.replaceState(undefined, '', place);
}

const leastLeftMs = 5 * 60_000;

/** Hands out one token until it is about to end, then one more, had by the refresh token or by leaving the page again. */
function tokensOf(
  client: PublicClientApplication,
  first: AuthenticationResult,
  scope: string,
  leave: () => Promise<never>,
): () => Promise<string> {
  let held = first;
  let renewing: Promise<string> | undefined;
  const renew = async (): Promise<string> => {
    try {
      // No hidden frame: the content security policy has no place for one.
      const cacheLookupPolicy = CacheLookupPolicy.AccessTokenAndRefreshToken;
      const { account } = first;
      held = await client.acquireTokenSilent({ account, scopes: [scope], cacheLookupPolicy });
      return held.accessToken;
    } catch (error) {
      if (error instanceof InteractionRequiredAuthError) return leave();
      throw error;
    } finally {
      renewing = undefined;
    }
  };
  const isGood = (): boolean => (held.expiresOn?.getTime() ?? 0) - Date.now() > leastLeftMs;
  return () => (isGood() ? Promise.resolve(held.accessToken) : (renewing ??= renew()));
}

/**
 * Comes back with tokens, or leaves the page for the identity platform (authorization code with PKCE).
 *
 * @throws Error with the words of the identity platform.
 */
export async function signIn(config: SignInConfig): Promise<SignedIn> {
  const leave = async (): Promise<never> => {
    sessionStorage.setItem(placeKey, location.pathname + location.search);
    const leaving = await createClient(config, 'sessionStorage');
    await leaving.acquireTokenRedirect({ scopes: [config.scope] });
    return new Promise(() => undefined);
  };
  const client = await createClient(config, 'memoryStorage');
  const answer = await client.handleRedirectPromise({ navigateToLoginRequestUrl: false });
  if (!answer) return leave();
  backToPlace();
  return { token: tokensOf(client, answer, config.scope, leave), signOut: () => void leaveForGood(config) };
}
