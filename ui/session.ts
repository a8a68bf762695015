import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { ask, useTokensOf } from './api.ts';

/** `GET /ui/config.json`: how readers sign in; absent where the app is open for development. */
export interface PageConfig {
  readonly signIn?: SignInConfig;
  /** Why nobody can sign in, where access control asks for it. */
  readonly problem?: string;
}

/** What the identity platform is asked with; `authority` is http for an issuer on a developer's machine alone. */
export interface SignInConfig {
  readonly authority: string;
  readonly clientId: string;
  readonly scope: string;
}

/** Who reads the page. What the app allows, it checks itself: roles here only decide what is shown. */
export interface Session {
  readonly name?: string;
  readonly roles: readonly string[];
  readonly isOpen: boolean;
  readonly signOut?: () => void;
}

/** A token source that has been signed in. */
export interface SignedIn {
  readonly token: () => Promise<string>;
  readonly signOut: () => void;
}

interface Claims {
  readonly name?: string;
  readonly preferred_username?: string;
  readonly roles?: readonly string[];
}

function claimsOf(token: string): Claims {
  const [, payload = ''] = token.split('.');
  const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (each) =>
    each.charCodeAt(0),
  );
  return JSON.parse(new TextDecoder().decode(bytes)) as Claims;
}

const openSession: Session = { roles: [], isOpen: true };

/**
 * Signs in where the app asks for it; the reader may leave the page for that and come back.
 *
 * @throws Refusal, or Error with what the identity platform said.
 */
export async function beginSession(): Promise<Session> {
  const config = await ask<PageConfig>('/ui/config.json');
  if (config.problem) throw new Error(config.problem);
  if (!config.signIn) return openSession;
  const { signIn } = await import('./signIn.ts');
  const { token, signOut } = await signIn(config.signIn);
  useTokensOf(token);
  const { name, preferred_username: account, roles = [] } = claimsOf(await token());
  const shown = name ?? account;
  return { roles, isOpen: false, signOut, ...(shown ? { name: shown } : {}) };
}

/** The session of the page. */
export const SessionContext = createContext<Session>(openSession);

/** Whether the reader has a role, as far as the token says. */
export function useMay(role: 'Backups.Read' | 'Backups.Run' | 'Protections.Write'): boolean {
  const { isOpen, roles } = useContext(SessionContext);
  return isOpen || roles.includes(role);
}
