// Loaded only where access control is on: the library is larger than the whole page.
import { InteractionRequiredAuthError, PublicClientApplication } from '@azure/msal-browser';
import type { SignedIn, SignInConfig } from './session.ts';

const pageRoot = `${location.origin}/ui/`;
/** Where the reader was when the page left for the sign-in. */
const placeKey = 'placeBeforeSignIn';

async function createClient({
  authority,
  clientId,
  protocol,
}: SignInConfig): Promise<PublicClientApplication> {
  const client = new PublicClientApplication({
    auth: {
      clientId,
      authority,
      redirectUri: pageRoot,
      postLogoutRedirectUri: pageRoot,
      ...(protocol === 'oidc' ? { knownAuthorities: [new URL(authority).host] } : {}),
    },
    // Tokens are gone with the tab; the identity platform's own session makes the next sign-in silent.
    cache: { cacheLocation: 'memoryStorage' },
    system: { protocolMode: protocol === 'oidc' ? 'OIDC' : 'AAD' },
  });
  await client.initialize();
  return client;
}

function backToPlace(): void {
  const place = sessionStorage.getItem(placeKey);
  sessionStorage.removeItem(placeKey);
  if (place) history.replaceState(undefined, '', place);
}

/**
 * Comes back with tokens, or leaves the page for the identity platform (authorization code with PKCE).
 *
 * @throws Error with the words of the identity platform.
 */
export async function signIn(config: SignInConfig): Promise<SignedIn> {
  const client = await createClient(config);
  const request = { scopes: [config.scope] };
  const leave = async (): Promise<never> => {
    sessionStorage.setItem(placeKey, location.pathname + location.search);
    await client.acquireTokenRedirect(request);
    return new Promise(() => undefined);
  };
  const answer = await client.handleRedirectPromise();
  if (!answer) return leave();
  backToPlace();
  const { account } = answer;
  return {
    token: async () => {
      try {
        return (await client.acquireTokenSilent({ ...request, account })).accessToken;
      } catch (error) {
        if (error instanceof InteractionRequiredAuthError) return leave();
        throw error;
      }
    },
    signOut: () => void client.logoutRedirect({ account }),
  };
}
