import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readKeyAnswer, readOpinion, readThanks, type ServiceAnswer } from '../../src/outside/answer.ts';
import { askOpinion, tellOutcome, verifyKey } from '../../src/outside/ask.ts';
import { commentRequest, type ToldComment } from '../../src/outside/request.ts';
import { type OutsideService, readServiceUrl } from '../../src/outside/service.ts';
import { type ServiceServer, startServiceServer } from './service-server.ts';

let server: ServiceServer;
let service: OutsideService;

beforeAll(async () => {
  server = await startServiceServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.asked.length = 0;
  server.misbehave = undefined;
  service = {
    url: server.url,
    key: 'right-key',
    blog: 'https://blog.example/',
    sharesNetwork: false,
  };
});

const network = { fetch, patience: 5000 };

const comment: ToldComment = {
  name: 'Гость',
  website: 'https://guests.example/',
  body: 'Всё так & — «да»! 100 %=ok\n第二行',
  isReply: true,
  permalink: 'https://blog.example/posts/lacking',
  writtenAt: new Date('2026-03-10T12:00:00Z'),
  edited: false,
  network: '203.0.113.20',
  userAgent: 'A browser',
};

const ask = (changed: Partial<ToldComment> = {}) =>
  askOpinion(network, { service, comment: { ...comment, ...changed } });

describe('A service that speaks the interface', () => {
  it('is asked by a form, and told no more than the comment itself', async () => {
    expect(await ask()).toEqual({ kind: 'good' });
    expect(server.asked).toEqual([
      {
        method: 'POST',
        path: '/1.1/comment-check',
        type: 'application/x-www-form-urlencoded;charset=UTF-8',
        userAgent: 'Rejoinder',
        fields: {
          api_key: 'right-key',
          blog: 'https://blog.example/',
          permalink: 'https://blog.example/posts/lacking',
          comment_type: 'reply',
          comment_author: 'Гость',
          comment_author_url: 'https://guests.example/',
          comment_content: 'Всё так & — «да»! 100 %=ok\n第二行',
          comment_date_gmt: '2026-03-10T12:00:00.000Z',
          blog_charset: 'UTF-8',
        },
      },
    ]);
  });

  it('is told where it comes from where the owner chose so', async () => {
    await ask();
    service = { ...service, sharesNetwork: true };
    await ask();
    const told = { user_ip: '203.0.113.20', user_agent: 'A browser' };
    expect(server.asked[1]?.fields).toEqual({ ...server.asked[0]?.fields, ...told });
  });

  it('is told that a text was changed, and of no field that is empty', () => {
    const told = { ...comment, edited: true, isReply: false, website: null, network: undefined };
    const { body } = commentRequest({ ...service, sharesNetwork: true }, 'comment-check', told);
    expect([body.get('recheck_reason'), body.get('comment_type')]).toEqual(['edit', 'comment']);
    expect(['comment_author_url', 'user_ip'].filter((name) => body.has(name))).toEqual([]);
  });

  it('says what is spam, and what surely is', async () => {
    expect(await ask({ name: 'viagra-test-123' })).toEqual({ kind: 'spam', certain: false });
    expect(await ask({ name: 'viagra-test-123', body: 'явный' })).toEqual({ kind: 'spam', certain: true });
  });

  it.each([
    ['spam', 'submit-spam'],
    ['good', 'submit-ham'],
  ] as const)('learns what was %s by the fields by which it was asked', async (outcome, method) => {
    await ask();
    expect(await tellOutcome(network, { service, comment, outcome })).toEqual({ kind: 'taken' });
    expect(server.asked[1]).toEqual({ ...server.asked[0], path: `/1.1/${method}` });
  });

  it('knows a key, or does not', async () => {
    expect(await verifyKey(network, { service })).toEqual({ kind: 'valid' });
    expect(server.asked[0]?.fields).toEqual({ api_key: 'right-key', key: 'right-key', blog: 'https://blog.example/' });
    expect(await verifyKey(network, { service: { ...service, key: 'another' } })).toEqual({ kind: 'invalid' });
  });

  it('that does not know the key has no opinion, and says why', async () => {
    service = { ...service, key: 'another' };
    const refused = { kind: 'none', why: 'refused', detail: 'We were unable to parse your key' };
    expect(await ask()).toEqual(refused);
    expect(await tellOutcome(network, { service, comment, outcome: 'spam' })).toEqual(refused);
  });
});

describe('A service that misbehaves has no opinion', () => {
  it('where it takes too long to begin', async () => {
    server.misbehave = () => {};
    const opinion = await askOpinion({ fetch, patience: 50 }, { service, comment });
    expect(opinion).toEqual({ kind: 'none', why: 'slow', detail: '' });
  });

  it('where it takes too long to end', async () => {
    server.misbehave = (response) => void response.write('tr');
    const opinion = await askOpinion({ fetch, patience: 50 }, { service, comment });
    expect(opinion).toEqual({ kind: 'none', why: 'slow', detail: '' });
  });

  it('where it hangs up', async () => {
    server.misbehave = (response) => void response.destroy();
    expect(await ask()).toEqual({ kind: 'none', why: 'unreachable', detail: '' });
  });

  it('where nobody listens', async () => {
    const gone = await startServiceServer();
    await gone.close();
    service = { ...service, url: gone.url };
    expect(await ask()).toEqual({ kind: 'none', why: 'unreachable', detail: '' });
    expect(await verifyKey(network, { service })).toEqual({ kind: 'none', why: 'unreachable', detail: '' });
  });

  it('where it sends elsewhere, and nothing is sent there', async () => {
    const elsewhere = await startServiceServer();
    server.misbehave = (response) =>
      void response.writeHead(307, { location: `${elsewhere.url}comment-check` }).end('true');
    expect(await ask()).toEqual({ kind: 'none', why: 'unclear', detail: '' });
    expect(elsewhere.asked).toEqual([]);
    await elsewhere.close();
  });

  it('where it never stops to answer', async () => {
    let open = true;
    server.misbehave = (response) => {
      const more = () => {
        while (open && response.write('true '.repeat(1000)));
      };
      response.on('drain', more).on('close', () => {
        open = false;
      });
      more();
    };
    expect(await ask()).toEqual({ kind: 'none', why: 'unclear', detail: '' });
  });
});

describe('An answer', () => {
  const answer = (body: string, { status = 200, headers = {} as Record<string, string> } = {}): ServiceAnswer => ({
    kind: 'answered',
    status,
    body,
    header: (name) => headers[name] ?? null,
  });

  it.each([
    ['true', {}, { kind: 'spam', certain: false }],
    ['TRUE\n', {}, { kind: 'spam', certain: false }],
    ['true', { headers: { 'x-akismet-pro-tip': 'Discard ' } }, { kind: 'spam', certain: true }],
    ['true', { headers: { 'x-akismet-pro-tip': 'other' } }, { kind: 'spam', certain: false }],
    ['false', { headers: { 'x-akismet-pro-tip': 'discard' } }, { kind: 'good' }],
    ['invalid', {}, { kind: 'none', why: 'refused', detail: '' }],
    ['Invalid key', {}, { kind: 'none', why: 'refused', detail: '' }],
    ['', {}, { kind: 'none', why: 'unclear', detail: '' }],
    ['untrue', {}, { kind: 'none', why: 'unclear', detail: '' }],
    ['<html>true</html>', {}, { kind: 'none', why: 'unclear', detail: '' }],
    ['true', { status: 500 }, { kind: 'none', why: 'unclear', detail: '' }],
    ['false', { status: 403 }, { kind: 'none', why: 'refused', detail: '' }],
    [
      'x',
      { headers: { 'x-akismet-alert-msg': `Лимит\u202e\n исчерпан ${'!'.repeat(500)}` } },
      { kind: 'none', why: 'refused', detail: `Лимит исчерпан ${'!'.repeat(185)}` },
    ],
  ])('%j is read, with %j', (body, rest, opinion) => {
    expect(readOpinion(answer(body, rest))).toEqual(opinion);
  });

  it('of thanks is taken as such, and nothing else is', () => {
    expect(readThanks(answer('Thanks for making the web a better place.'))).toEqual({ kind: 'taken' });
    expect(readThanks(answer('true'))).toMatchObject({ kind: 'none', why: 'unclear' });
    expect(readThanks(answer('Thanks', { status: 502 }))).toMatchObject({ kind: 'none' });
  });

  it('about a key is one of two, or none', () => {
    expect(readKeyAnswer(answer('valid'))).toEqual({ kind: 'valid' });
    expect(readKeyAnswer(answer('invalid'))).toEqual({ kind: 'invalid' });
    expect(readKeyAnswer(answer('valid', { status: 404 }))).toEqual({ kind: 'none', why: 'unclear', detail: '' });
  });
});

describe('The address of a service', () => {
  it.each([
    ['https://rest.akismet.com/1.1', 'https://rest.akismet.com/1.1/'],
    [' https://сервис.example/1.1/ ', 'https://xn--b1afk4ade.example/1.1/'],
    ['http://127.0.0.1:8080/1.1/', 'http://127.0.0.1:8080/1.1/'],
    ['http://localhost', 'http://localhost/'],
    ['http://[::1]/1.1', 'http://[::1]/1.1/'],
  ])('%s is taken', (text, url) => {
    expect(readServiceUrl(text)).toEqual({ url });
  });

  it.each([
    ['', 'no_url'],
    ['rest.akismet.com', 'no_url'],
    ['ftp://rest.akismet.com/', 'no_url'],
    ['javascript:alert(1)', 'no_url'],
    ['http://rest.akismet.com/1.1/', 'not_https'],
    ['http://localhost.example/', 'not_https'],
    ['http://127.0.0.1.example/', 'not_https'],
    ['http://192.168.0.2/', 'not_https'],
    ['https://user:password@rest.akismet.com/1.1/', 'more_than_a_place'],
    ['https://rest.akismet.com/1.1/?a=b', 'more_than_a_place'],
    ['https://rest.akismet.com/1.1/#a', 'more_than_a_place'],
  ])('%j is refused: %s', (text, problem) => {
    expect(readServiceUrl(text)).toEqual({ problem });
  });
});
