import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { httpApp, httpRoutes } from '../../support/httpApp.ts';

test('the description that is served is the one in the documents', async () => {
  const { status, body } = await httpApp().call('openapi');
  expect(status).toBe(200);
  expect(body.openapi).toBe('3.1.0');
  expect(body).toEqual(JSON.parse(readFileSync('docs/openapi.json', 'utf8')));
});

test('every route of the app is described, and nothing else', async () => {
  const { body } = await httpApp().call('openapi');
  const described = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.slice(1)}`),
  );
  const others = ['GET {*path}', 'GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS api/{*path}'];
  expect([...described, ...others].sort()).toEqual([...httpRoutes()].sort());
});

test('unknown fields are refused by the description too', async () => {
  const { body } = await httpApp().call('openapi');
  const { schema } = body.paths['/api/backups'].post.requestBody.content['application/json'];
  expect(schema.$ref).toBe('#/components/schemas/BackupRequest');
  const backup = body.components.schemas.BackupRequest;
  expect(backup.additionalProperties).toBe(false);
  expect(Object.keys(backup.properties)).toContain('protectFirst');
});
