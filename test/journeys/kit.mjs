// What the journeys share: an app's way to the service, and ways to wait for what happens instead of for time.
// BASE is the address of the service under test; NOTES the file that takes down what must be found nowhere afterwards.
import { EventSource } from 'eventsource';
import PocketBase from 'pocketbase';
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { after } from 'node:test';

globalThis.EventSource = EventSource; // the SDK asks for a browser's

export const BASE = process.env.BASE;
assert.ok(BASE, 'BASE names the service under test');
export const COMMANDS = `${BASE}/api/lotsen/v1`;
export const PASSWORD = 'lotsen-demo';

// An app of others: it lives at another address than the service.
export const ELSEWHERE = 'https://app.example';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

// newId is an id as a client makes it.
export const newId = () => Array.from({ length: 15 }, () => ALPHABET[randomInt(36)]).join('');

// note takes something down that the service may have written nowhere: `number` nowhere at all, `words` nowhere but in the database.
export function note(kind, text) {
  if (process.env.NOTES) appendFileSync(process.env.NOTES, JSON.stringify({ kind, text }) + '\n');
}

// number makes a personal number of the demo's: any birth date, serial 238 or 239, and the check digit.
export function number(born, serial = 238) {
  const nine = born.replaceAll('-', '').slice(2) + serial;
  const sum = [...nine].reduce((total, digit, i) => {
    const weighed = Number(digit) * (i % 2 ? 1 : 2);
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  const whole = born.replaceAll('-', '') + serial + ((10 - (sum % 10)) % 10);
  note('number', whole);
  return whole;
}

let phones = 605;
// phone is the next number that is set aside for fiction.
export const phone = () => `+46701740${phones++}`;

// Refused is an answer that is no 2xx.
export class Refused extends Error {
  constructor(request, status, body) {
    super(`${request} was answered ${status} ${JSON.stringify(body)}`);
    Object.assign(this, { status, body });
  }
}

// send sends a command and gives {status, body, headers}, whatever the status.
export async function send(token, method, path, body, { lang, headers = {} } = {}) {
  const form = body instanceof FormData;
  const response = await fetch(COMMANDS + path, {
    method,
    headers: {
      ...(token ? { Authorization: token } : {}),
      ...(lang ? { 'Accept-Language': lang } : {}),
      ...(body === undefined || form ? {} : { 'Content-Type': 'application/json' }),
      Origin: ELSEWHERE,
      ...headers,
    },
    body: body === undefined || form ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : null };
}

const everyone = [];
after(() => Promise.all(everyone.map((person) => person.close()))); // an open stream keeps Node alive

// Person is somebody who has logged in, with an SDK of their own.
export class Person {
  constructor(pb, lang) {
    Object.assign(this, { pb, lang, log: [] });
    everyone.push(this);
    pb.autoCancellation(false);
    pb.beforeSend = (url, options) => {
      options.headers = { ...options.headers, Origin: ELSEWHERE, ...(lang ? { 'Accept-Language': lang } : {}) };
      return { url, options };
    };
  }
  get token() { return this.pb.authStore.token; }
  get id() { return this.pb.authStore.record.id; }
  get name() { return this.pb.authStore.record.name; }

  // call sends a command that must be answered 2xx, and gives the answer's body. What changes something is kept in the log.
  async call(method, path, body) {
    const answer = await send(this.token, method, path, body, { lang: this.lang });
    if (answer.status >= 300) throw new Refused(`${method} ${path}`, answer.status, answer.body);
    if (method !== 'GET') this.log.push({ method, path, body, status: answer.status, answer: answer.body });
    return answer.body;
  }
  get(path) { return this.call('GET', path); }
  post(path, body) { return this.call('POST', path, body); }
  put(path, body) { return this.call('PUT', path, body); }
  delete(path) { return this.call('DELETE', path); }

  // status is what a command is answered with, body and all.
  status(method, path, body) { return send(this.token, method, path, body, { lang: this.lang }); }

  say(caseId, body, more = {}) {
    return this.pb.collection('messages').create({ id: newId(), case: caseId, body, ...more });
  }

  // listen subscribes to a topic through the SDK and keeps what comes.
  async listen(topic) {
    const stream = new Stream();
    stream.stop = await this.pb.realtime.subscribe(topic, (event) => stream.take(event));
    return stream;
  }

  close() { return this.pb.realtime.unsubscribe(); }
}

// Stream is what has come on a topic, in order, and a way to wait for more.
export class Stream {
  events = [];
  #waiting = [];

  take(event) {
    this.events.push(event);
    this.#waiting = this.#waiting.filter((waiter) => !waiter());
  }

  // until gives the first event, from now or before, that fits.
  until(fits, what, within = 10_000) {
    const found = this.events.find(fits);
    if (found) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no ${what} came within ${within} ms; there were ${JSON.stringify(this.events)}`)), within);
      this.#waiting.push(() => {
        const event = this.events.find(fits);
        if (event) {
          clearTimeout(timer);
          resolve(event);
        }
        return event !== undefined;
      });
    });
  }

  type(type, within) { return this.until((event) => event.type === type, `event ${type}`, within); }
}

// eventually asks again until the answer fits: for what can only be asked for.
export async function eventually(what, ask, fits, within = 10_000) {
  const end = performance.now() + within;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (performance.now() > end) assert.fail(`${what} did not come within ${within} ms; the last was ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

// approve plays the BankID app of a person.
export async function approve(login, personalNumber, name) {
  const answer = await send('', 'POST', `/demo/bankid/${login}/approve`, { personalNumber, name });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

// poll asks for a log-in until it is over, or until fits says that it is enough.
export const poll = (login, fits = (state) => state.status !== 'pending') =>
  eventually('the end of a log-in', async () => (await send('', 'GET', `/identity/bankid/${login}`)).body, fits);

// admitted is the person whom a completed log-in is of.
export function admitted(login, lang) {
  assert.equal(login.status, 'complete', JSON.stringify(login));
  const pb = new PocketBase(BASE);
  pb.authStore.save(login.token, login.record);
  return new Person(pb, lang);
}

// patient logs somebody in with BankID on another device.
export async function patient(personalNumber, name, lang) {
  const { body: begun } = await send('', 'POST', '/identity/bankid', {});
  await approve(begun.id, personalNumber, name);
  return admitted(await poll(begun.id), lang);
}

// staff logs a member of staff in.
export async function staff(email, collection = 'staff') {
  const person = new Person(new PocketBase(BASE));
  await person.pb.collection(collection).authWithPassword(email, PASSWORD);
  return person;
}

// advance moves the demo's clock on.
export async function advance(by) {
  const answer = await send('', 'POST', '/demo/clock', { advance: by });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return new Date(answer.body.now);
}

// sms are the text messages that have gone to a phone.
export async function sms(to) {
  const { body } = await send('', 'GET', '/demo/sms');
  return body.filter((message) => message.to === to);
}

// mild is the answer of somebody who is not very ill.
export function mild(question) {
  switch (question.type) {
    case 'multichoice': return question.options.some((option) => option.code === 'none') ? ['none'] : [question.options[0].code];
    case 'choice': return question.options[0].code;
    case 'boolean': return false;
    case 'integer': return Math.max(question.min ?? 0, 1);
    case 'decimal': return Math.max(question.min ?? 0, 37);
    case 'photo': return null;
    case 'text': return question.required ? '-' : null;
  }
  throw new Error(`no answer to a question of type ${question.type}`);
}

// answer answers questions until there is a decision; given holds answers by question, the others are mild.
export async function answer(person, caseId, given = {}) {
  let { step } = { step: await person.get(`/cases/${caseId}/step`) };
  const asked = [];
  while (step.question) {
    const { question, progress } = step;
    asked.push(question.id);
    assert.ok(progress.expected > progress.answered, `expected ${progress.expected} is below answered ${progress.answered} + 1`);
    assert.ok(question.text, `question ${question.id} has a text`);
    const value = question.id in given ? given[question.id] : mild(question);
    ({ step } = await person.put(`/cases/${caseId}/answers/${question.id}`, { value }));
    assert.ok(asked.length < 60, `the questions end: ${asked}`);
  }
  return { decision: step.decision, asked };
}

// begin opens a case.
export async function begin(person, more = {}) {
  const opened = await person.post('/cases', { id: newId(), region: 'demo', complaint: 'sore_throat', ...more });
  return opened.case.id;
}

// arrive opens a case, answers and joins the queue.
export async function arrive(person, { given, join = {}, ...more } = {}) {
  const id = await begin(person, more);
  const { decision } = await answer(person, id, given);
  const place = await person.post(`/cases/${id}/queue`, join);
  return { id, decision, place };
}

// refused asserts that a promise is refused by the SDK with a status.
export const refused = (promise, status) =>
  assert.rejects(promise, (error) => {
    assert.equal(error.status, status, `${error.message} ${JSON.stringify(error.response)}`);
    return true;
  });
