import { expect, it } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { unheardChanges } from '../../src/changes/changes.ts';
import { redirectAfterSaving } from '../../src/http/session.ts';

it.each([
  ['with a status', [303, '/there'], 303],
  ['without one', ['/there'], 302],
] as const)('redirects %s, and without a body', async (_how, target, status) => {
  const app = express();
  redirectAfterSaving(app, unheardChanges);
  app.get('/', (_request, response) => (response.redirect as (...values: unknown[]) => void)(...target));
  const answer = await request(app).get('/');
  expect([answer.status, answer.get('Location'), answer.text]).toEqual([status, '/there', '']);
});
