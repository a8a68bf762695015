import { noticedBy } from './mutant.ts';

/** Who may do what, where anything is sent, and what is told. */
export const gateMutants = [
  ...noticedBy(
    ['test/unit/arm/urlGate.test.ts', 'test/unit/arm/client.test.ts'],
    [
      [
        'arm/urlGate.ts',
        "if (url.origin !== endpoint) refuse('it leads to another origin');",
        '',
        'a poll URL may lead to any host',
      ],
      [
        'arm/urlGate.ts',
        "if (url.username !== '' || url.password !== '') refuse('it carries a user');",
        '',
        'a poll URL may carry a user',
      ],
      [
        'arm/urlGate.ts',
        "if (text.includes('#')) refuse('it carries a fragment');",
        '',
        'a poll URL may carry a fragment',
      ],
      [
        'arm/urlGate.ts',
        "if (!path.toLowerCase().startsWith(scopeOf(requestPath))) refuse('it names another subscription');",
        '',
        'a poll URL may name another subscription',
      ],
      [
        'arm/urlGate.ts',
        "if (providerOf(path) !== providerOf(requestPath)) refuse('it names another provider');",
        '',
        'a poll URL may name another provider',
      ],
      [
        'arm/urlGate.ts',
        "if (/%(?:2e|2f|5c)/i.test(path)) refuse('its path hides a dot or a slash');",
        '',
        'a poll URL may hide dots and slashes',
      ],
      [
        'arm/urlGate.ts',
        "if (!isUnchanged(text, url, origin.kind)) refuse('the URL parser would change it');",
        '',
        'a URL is sent other than it was given',
      ],
      [
        'arm/urlGate.ts',
        "if (bad.test(text)) refuse('it contains a control character, white space or a backslash');",
        '',
        'a poll URL may hold control characters',
      ],
      [
        'arm/urlGate.ts',
        'if (text.length > longestUrl) refuse(`it is longer than ${longestUrl} characters`);',
        '',
        'a poll URL may have any length',
      ],
    ],
  ),
  ...noticedBy(
    ['test/unit/arm/words.test.ts', 'sim'],
    [
      ['arm/words.ts', "    .replace(bare, '…')\n", '', 'signed tokens and keys are told'],
      ['arm/words.ts', "    .replace(named, '$1$2…')\n", '', 'secrets that are named are told'],
      ['arm/words.ts', "    .replace(inQuery, '$1…')\n", '', 'signatures of URLs are told'],
      ['arm/words.ts', "    .replace(afterScheme, '$1 …')\n", '', 'bearer tokens are told'],
      ['arm/words.ts', "    .replace(unseen, ' ');", ';', 'control characters of the service reach the log'],
      [
        'arm/words.ts',
        'text.length > longest ? `${text.slice(0, longest - 1)}…` : text;',
        "longest < 0 ? '' : text;",
        'words of the service have any length',
      ],
      [
        'arm/words.ts',
        '  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => plain(one, longest) as Json);\n',
        '  if (Array.isArray(value)) return value;\n',
        'secrets in lists are told',
      ],
      ['arm/words.ts', 'sig|signature|AccountKey|', 'sig|signature|', 'account keys are told'],
    ],
  ),
  ...noticedBy(
    [
      'test/unit/plan/allowList.test.ts',
      'test/unit/functions/targets.test.ts',
      'test/flows/deletionGate.test.ts',
    ],
    [
      [
        'plan/allowList.ts',
        "if (standing !== 'empty')",
        "if (standing === 'empty')",
        'a plan that is there does not bound writes',
      ],
      [
        'plan/allowList.ts',
        'if (problems.length > 0) return nothing;',
        '',
        'a broken plan at a cold start allows what no plan allows',
      ],
      [
        'plan/allowList.ts',
        'return isDevelopment ? everything : nothing;',
        'return everything;',
        'without a plan everything is allowed',
      ],
      [
        'plan/allowList.ts',
        'if (vaultId === undefined) return vaults.length > 0;',
        'if (vaultId === undefined) return true;',
        'an empty list allows a vault that is not known',
      ],
      [
        'plan/allowList.ts',
        'return list.deletes && allowsVault(list, vaultId);',
        'return allowsVault(list, vaultId);',
        'backups are deleted although the plan does not allow it',
      ],
      [
        'plan/allowList.ts',
        'return list.deletes && allowsVault(list, vaultId);',
        'return list.deletes;',
        'backups of any vault are deleted',
      ],
      [
        'plan/allowList.ts',
        "method === 'DELETE' || action.toLowerCase().endsWith('/delete')",
        "action.toLowerCase().endsWith('/delete')",
        'a DELETE counts as an ordinary write',
      ],
      [
        'plan/allowList.ts',
        "method === 'GET' || action.endsWith('/read')",
        "method !== 'DELETE' || action.endsWith('/read')",
        'every POST counts as a read',
      ],
      [
        'composition/sendGate.ts',
        "if (!allowsCall(list, call)) return { kind: 'refused', failure: notAllowed };",
        '',
        'a step is sent to a vault that is not allowed',
      ],
      [
        'composition/sendGate.ts',
        "return { kind: 'later', reason: 'The plan is out of reach, and with it the allow-list.' };",
        'return undefined;',
        'a plan out of reach lets every write out',
      ],
      [
        'composition/sendGate.ts',
        'if (!isDeletion(call)) return undefined;',
        'if (call.path) return undefined;',
        'a deletion is not asked for again when it is sent',
      ],
    ],
  ),
  ...noticedBy(
    ['test/unit/access', 'test/unit/functions/access.test.ts', 'test/unit/functions/accessMatrix.test.ts'],
    [
      [
        'access/checkToken.ts',
        "if (alg !== 'RS256') throw new Refused('not signed with RS256');",
        '',
        'a token may name its own algorithm',
      ],
      ['access/checkToken.ts', '    issuer: rules.issuer,\n', '', 'tokens of any issuer are taken'],
      [
        'access/checkToken.ts',
        '    audience: [rules.audience, `api://${rules.audience}`],\n',
        '',
        'tokens for any app are taken',
      ],
      [
        'access/checkToken.ts',
        '    currentDate: now,\n',
        '    currentDate: new Date(0),\n',
        'expired tokens are taken',
      ],
      [
        'access/checkToken.ts',
        "requiredClaims: ['exp', 'iat', 'oid', 'tid'],",
        'requiredClaims: [],',
        'a token without an end is taken',
      ],
      [
        'access/checkToken.ts',
        'if (text.length > longestHeader) return',
        'if (text.length < 0) return',
        'a header of any length is parsed',
      ],
      [
        'http/access.ts',
        "if (role !== 'anyToken' && !caller.roles.includes(role)) {",
        "if (role !== 'anyToken' && caller.roles.length === 0) {",
        'any role opens every route',
      ],
      [
        'http/mcp.ts',
        '    requireRole(call.caller, tool.role);\n',
        '',
        'whoever reads may back up by a tool',
      ],
      [
        'http/access.ts',
        "return check?.kind === 'caller' && check.caller.roles.includes(role);",
        "return check?.kind !== 'refused';",
        'health in full is shown to everybody',
      ],
      [
        'http/access.ts',
        'settings.access.isDevelopment && settings.access.tokens === undefined && isFromThisMachine(url, headers);',
        'settings.access.isDevelopment && settings.access.tokens === undefined;',
        'development mode lets other machines in',
      ],
      [
        'http/access.ts',
        'settings.access.isDevelopment && settings.access.tokens === undefined && isFromThisMachine(url, headers);',
        'settings.access.isDevelopment && isFromThisMachine(url, headers);',
        'development mode goes before tokens',
      ],
      [
        'access/developmentGate.ts',
        "mode === 'development' && environment === 'Development' && signs.length === 0;",
        "mode === 'development' && environment === 'Development';",
        'development mode opens the platform',
      ],
    ],
  ),
  ...noticedBy(
    ['test/unit/functions/startBackup.test.ts'],
    [
      [
        'http/body.ts',
        "new TextDecoder('utf-8', { fatal: true })",
        "new TextDecoder('utf-8')",
        'a body that is no UTF-8 is taken',
      ],
      [
        'http/body.ts',
        '  if (bytes.byteLength > largestBodyBytes) throw tooLarge();\n',
        '',
        'a body that lies about its length is taken',
      ],
      [
        'http/body.ts',
        'if (keyGrammar.test(given)) return given;',
        'return given;',
        'any text is an idempotency key',
      ],
      [
        'http/body.ts',
        "if (Number(request.headers.get('content-length') ?? 0) > largestBodyBytes) throw tooLarge();",
        '',
        'a body that says it is too large is read all the same',
      ],
    ],
  ),
  ...noticedBy(
    ['test/unit/storage/textSource.test.ts'],
    [
      [
        'storage/textSource.ts',
        "if (url.protocol === 'https:' && blobHost.test(url.hostname)) return textBlob(url, credential);",
        'if (blobHost) return textBlob(url, credential);',
        'the token for the plan goes to any host',
      ],
      [
        'storage/textSource.ts',
        "if (url.protocol === 'https:' && blobHost.test(url.hostname)) return textBlob(url, credential);",
        'if (blobHost.test(url.hostname)) return textBlob(url, credential);',
        'the token for the plan goes over plain http',
      ],
      ['storage/textSource.ts', "redirect: 'error', ", '', 'the plan is read from where a redirect leads'],
      [
        'storage/textSource.ts',
        "url.searchParams.has('sig') ? undefined : await",
        'await',
        'a place with a signature of its own gets the token as well',
      ],
      [
        'storage/textSource.ts',
        "  if (reply.status === 404) return { kind: 'absent' };\n",
        "  if (reply.status >= 400) return { kind: 'absent' };\n",
        'a plan that may not be read counts as none',
      ],
    ],
  ),
  ...noticedBy(
    ['test/unit/notifications', 'test/unit/coverage/telling.test.ts'],
    [
      [
        'notifications/sendMessages.ts',
        "      redirect: 'manual',\n",
        '',
        'a webhook redirects a message to another host',
      ],
      [
        'notifications/sendMessages.ts',
        'return status >= 200 && status < 300 ? undefined',
        'return status >= 200 ? undefined',
        'a message that was refused counts as sent',
      ],
      [
        'notifications/sendMessages.ts',
        'if (some.every((one) => !one)) break;',
        '',
        'a receiver that is down is asked a hundred times',
      ],
      [
        'notifications/outbox.ts',
        'if (await outbox.read(sent, rowKey)) return;',
        '',
        'an ending is told twice',
      ],
      [
        'notifications/outbox.ts',
        "if (String(row['notBefore']) > now.toISOString()) continue;",
        '',
        'a message that failed is sent again at once',
      ],
      [
        'notifications/outbox.ts',
        'if (record.batch !== undefined || notifications.length === 0) return false;',
        'if (notifications.length === 0) return false;',
        'each child of a batch is told',
      ],
      [
        'notifications/outbox.ts',
        '  await outbox.remove(pending, row.rowKey);\n',
        '',
        'a sent message stays in the outbox',
      ],
    ],
  ),
  ...noticedBy(
    ['test/unit/coverage'],
    [
      [
        'coverage/verdict.ts',
        'if (ageMs > expect.everyMs + expect.graceMs) {',
        'if (ageMs > 10 * (expect.everyMs + expect.graceMs)) {',
        'an old recovery point is no alarm',
      ],
      [
        'coverage/verdict.ts',
        '(point === undefined || failure.at > point.at)',
        'true',
        'a failure counts although a point is newer',
      ],
      [
        'coverage/verdict.ts',
        "if (by && by.standing !== 'softDeleted') {",
        'if (by) {',
        'what is soft-deleted counts as protected',
      ],
      [
        'coverage/verdict.ts',
        'if (before === next) return undefined;',
        '',
        'the same news is told each hour',
      ],
      [
        'coverage/verdict.ts',
        "before !== undefined && bad.includes(before) ? 'ok' : undefined",
        "before !== undefined ? 'ok' : undefined",
        'good news is told of what was never bad',
      ],
      [
        'coverage/verdict.ts',
        "if (lastedMs <= expect.everyMs) return 'new';",
        '',
        'what is new is an alarm at once',
      ],
    ],
  ),
];
