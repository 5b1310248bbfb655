import { describe, expect, it } from '@jest/globals';
import express from 'express';
import { ConfigError, publicAddress, readConfig } from '../../src/config.ts';

describe('the configuration', () => {
  it('needs nothing', () => {
    expect(readConfig({})).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      webProcesses: 1,
      baseUrl: undefined,
      databaseUrl: undefined,
      dataDir: `${process.cwd()}/data`,
      smtpUrl: undefined,
      commentLimit: 60,
      sampleContent: true,
      logLevel: 'info',
      trustProxy: false,
      metrics: 'loopback',
    });
  });

  it('takes an empty variable for none', () => {
    expect(readConfig({ PORT: '', BASE_URL: ' ', DATABASE_URL: '' })).toEqual(readConfig({}));
  });

  it('takes what the variables may hold', () => {
    const config = readConfig({
      PORT: '0',
      HOST: '::',
      WEB_PROCESSES: '4',
      BASE_URL: 'https://blog.example/',
      DATABASE_URL: 'postgresql://user:password@host:5432/name',
      DATA_DIR: '/var/lib/blog',
      SMTP_URL: 'smtps://user:password@mail.example',
      COMMENT_LIMIT: '0',
      SAMPLE_CONTENT: 'none',
      LOG_LEVEL: 'silent',
      TRUST_PROXY: '1',
      METRICS: 'public',
    });
    expect(config).toEqual({
      port: 0,
      host: '::',
      webProcesses: 4,
      baseUrl: 'https://blog.example',
      databaseUrl: 'postgresql://user:password@host:5432/name',
      dataDir: '/var/lib/blog',
      smtpUrl: 'smtps://user:password@mail.example',
      commentLimit: 0,
      sampleContent: false,
      logLevel: 'silent',
      trustProxy: 1,
      metrics: 'public',
    });
  });

  it.each([
    ['PORT', 'abc'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '3000.5'],
    ['PORT', '0x10'],
    ['WEB_PROCESSES', '0'],
    ['WEB_PROCESSES', '33'],
    ['WEB_PROCESSES', 'auto'],
    ['BASE_URL', 'blog.example'],
    ['BASE_URL', 'ftp://blog.example'],
    ['BASE_URL', 'https://blog.example/path'],
    ['BASE_URL', 'https://blog.example/?a=b'],
    ['BASE_URL', 'https://user@blog.example'],
    ['COMMENT_LIMIT', '1000001'],
    ['COMMENT_LIMIT', 'many'],
    ['SAMPLE_CONTENT', 'no'],
    ['LOG_LEVEL', 'loud'],
    ['TRUST_PROXY', 'nginx'],
    ['TRUST_PROXY', 'abc'],
    ['TRUST_PROXY', '1.2.3'],
    ['TRUST_PROXY', '10.0.0.0/99'],
    ['TRUST_PROXY', '10.0.0.0/0'],
    ['TRUST_PROXY', '10.0.0.0/8/8'],
    ['TRUST_PROXY', '::1/129'],
    ['TRUST_PROXY', 'loopback,'],
    ['METRICS', 'yes'],
  ])('refuses %s=%s in one sentence that names it, what it holds and what it takes', (name, value) => {
    const message = refusalOf({ [name]: value });
    expect(message.startsWith(`${name} holds “${value}”, but takes `)).toBe(true);
    expect(message).toMatch(/^[^\n]+\.$/);
  });

  it.each([
    ['DATABASE_URL', 'mysql://user:geheim@host/name', 'postgres://'],
    ['DATABASE_URL', 'host=localhost password=geheim', 'postgresql://'],
    ['SMTP_URL', 'https://user:geheim@mail.example', 'smtp://'],
    ['SMTP_URL', 'smtp://', 'smtp://mail.example'],
    ['SMTP_URL', 'smtps:///geheim', 'smtp://mail.example'],
    ['SMTP_URL', 'smtp:mail.example?password=geheim', 'smtp://mail.example'],
    ['SMTP_URL', 'smtp://:25', 'smtp://'],
    ['SMTP_URL', 'smtp://user:geheim@', 'smtp://'],
  ])('refuses a wrong %s without repeating it, since it may hold a password', (name, value, takes) => {
    const message = refusalOf({ [name]: value });
    expect(message.startsWith(`${name} holds `)).toBe(true);
    expect(message).toContain(takes);
    expect(message).not.toContain('geheim');
  });

  it.each([
    ['true', true],
    ['false', false],
    ['2', 2],
    ['loopback', 'loopback'],
    ['10.0.0.0/8, fd00::/8', '10.0.0.0/8, fd00::/8'],
    ['loopback, 10.0.0.1', 'loopback, 10.0.0.1'],
    ['uniquelocal,linklocal,::ffff:10.0.0.1', 'uniquelocal,linklocal,::ffff:10.0.0.1'],
  ])('knows the proxies %s, as Express does', (value, known) => {
    const { trustProxy } = readConfig({ TRUST_PROXY: value });
    expect(trustProxy).toBe(known);
    expect(() => express().set('trust proxy', trustProxy)).not.toThrow();
  });

  it('knows by which address the site is linked to', () => {
    expect(publicAddress(readConfig({ PORT: '8080' }))).toBe('http://localhost:8080');
    expect(publicAddress(readConfig({ BASE_URL: 'https://blog.example' }))).toBe('https://blog.example');
  });
});

function refusalOf(environment: Record<string, string>): string {
  try {
    readConfig(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('It was taken.');
}
