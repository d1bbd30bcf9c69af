// What is told as it happens: in order, without holes, to those who may know, and for as long as they may.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BASE, Stream, arrive, eventually, newId, number, patient, send, staff } from './kit.mjs';

const nurse = await staff('nurse@demo.test');
const [queue] = await nurse.get('/queues');

// taken is a patient whose case the nurse has, and who is here.
async function taken(born) {
  const person = await patient(number(born), `Född ${born}`);
  person.caseId = (await arrive(person)).id;
  await nurse.post(`/cases/${person.caseId}/claim`, { reason: 'test' });
  await person.post(`/cases/${person.caseId}/here`, {});
  return person;
}

const lines = [];
after(() => lines.forEach((line) => line.stop.abort())); // an open line keeps Node alive

// Line is one connection as any HTTP client opens it: it does not come back by itself.
class Line extends Stream {
  static async open() {
    const line = new Line();
    line.stop = new AbortController();
    lines.push(line);
    const response = await fetch(`${BASE}/api/realtime`, { signal: line.stop.signal });
    line.over = line.#read(response.body).catch((error) => error.name);
    line.client = JSON.parse((await line.until((event) => event.event === 'PB_CONNECT', 'PB_CONNECT')).data).clientId;
    return line;
  }
  async #read(body) {
    let text = '';
    for await (const part of body.pipeThrough(new TextDecoderStream())) {
      text += part;
      const whole = text.split('\n\n');
      text = whole.pop();
      for (const block of whole) {
        const event = Object.fromEntries(block.split('\n').map((row) => row.split(/:(.*)/s)));
        if (event.event) this.take(event);
      }
    }
    return 'ended';
  }
  subscribe(token, ...subscriptions) {
    return fetch(`${BASE}/api/realtime`, {
      method: 'POST', headers: { Authorization: token, 'Content-Type': 'application/json' },
      body: JSON.stringify({ clientId: this.client, subscriptions }),
    });
  }
  told(topic) { return this.events.filter((event) => event.event === topic).map((event) => JSON.parse(event.data)); }
  on(topic, fits, within) { return this.until((event) => event.event === topic && fits(JSON.parse(event.data)), topic, within); }
}

// within gives what a promise gives, unless that takes longer.
const within = (ms, promise, what) => Promise.race([
  promise, new Promise((_, reject) => setTimeout(() => reject(new Error(`${what}: not within ${ms} ms`)), ms).unref()),
]);

const numbers = (events) => events.filter((event) => event.seq).map((event) => event.seq);

test('events come in order, without holes, as they can be fetched', async () => {
  const person = await taken('1981-01-01');
  const id = person.caseId;
  const [own, theirs] = [await person.listen(`lotsen/cases/${id}`), await nurse.listen(`lotsen/cases/${id}`)];
  const { seq: from } = await person.pb.collection('cases').getOne(id);
  const talk = async (who, times, more) => {
    for (let i = 0; i < times; i++) await who.say(id, `rad ${i}`, more);
  };
  await Promise.all([talk(person, 15), talk(nurse, 10), talk(nurse, 5, { kind: 'note' })]);
  await nurse.put(`/cases/${id}/read`, { upTo: 1 });
  const { items } = await person.get(`/cases/${id}/events?after=${from}`);
  const last = items.at(-1).seq;
  assert.equal(items.length, 31);
  for (const stream of [own, theirs]) {
    await stream.until((event) => event.seq === last, `event ${last}`);
    const heard = numbers(stream.events);
    assert.deepEqual(heard, heard.map((_, i) => heard[0] + i), 'in order, without holes');
  }
  assert.deepEqual(own.events.filter((event) => event.seq > from), items, 'what was told is what can be fetched');
  assert.equal(items.filter((item) => item.type === 'void').length, 5, 'a note is a number and nothing else');
  const seen = (await nurse.get(`/cases/${id}/events?after=${from}`)).items;
  assert.deepEqual(theirs.events.filter((event) => event.message && event.seq > from).map((event) => event.message),
    seen.filter((item) => item.message).map((item) => item.message));
});

test('what was missed is fetched, and then it goes on', async () => {
  const person = await taken('1982-02-02');
  const id = person.caseId;
  const topic = `lotsen/cases/${id}`;
  const first = await person.listen(topic);
  await nurse.say(id, 'ett');
  const { seq } = await first.type('message');
  await person.close(); // out of reach
  await nurse.say(id, 'två');
  await nurse.say(id, 'bara för oss', { kind: 'note' });
  await nurse.put(`/cases/${id}/level`, { level: 2, reason: 'x' });
  const second = await person.listen(topic);
  const { items, next } = await person.get(`/cases/${id}/events?after=${seq}`);
  assert.deepEqual(numbers(items), [seq + 1, seq + 2, seq + 3]);
  assert.deepEqual(items.map((item) => item.type), ['message', 'void', 'state']);
  assert.equal(next, null);
  await nurse.say(id, 'tre');
  assert.equal((await second.type('message')).seq, seq + 4, 'no hole after what was fetched');
  for (const wrong of ['x', '-1']) assert.equal((await person.status('GET', `/cases/${id}/events?after=${wrong}`)).status, 400);
});

test('a topic that is not one\'s own is refused by itself; the others go on', async () => {
  const [person, other] = [await taken('1983-03-03'), await taken('1984-04-04')];
  const line = await Line.open();
  const [own, foreign] = [`lotsen/cases/${person.caseId}`, `lotsen/cases/${other.caseId}`];
  const all = [own, foreign, `lotsen/queues/${queue.id}`, `lotsen/staff/${nurse.id}`, `lotsen/cases/${newId()}`, 'lotsen/nonsense'];
  assert.equal((await line.subscribe(person.token, ...all)).status, 204);
  for (const topic of all.slice(1)) await line.on(topic, (event) => event.type === 'refused');
  assert.deepEqual(line.told(own), []);
  assert.equal((await line.subscribe(other.token, foreign)).status, 403, 'a connection belongs to one person');
  await nurse.say(other.caseId, 'inte för dig');
  await nurse.say(person.caseId, 'för dig');
  await line.on(own, (event) => event.type === 'message');
  assert.deepEqual(line.told(foreign).map((event) => event.type), ['refused']);
  line.stop.abort();

  const guest = await Line.open();
  await guest.subscribe('', own);
  await guest.on(own, (event) => event.type === 'refused');
  guest.stop.abort();
});

test('PocketBase\'s own topics tell patients and staff nothing', async () => {
  const person = await taken('1985-05-05');
  const id = person.caseId;
  const line = { patient: await Line.open(), staff: await Line.open() };
  const silent = ['messages/*', 'cases/*', `cases/${id}`, 'answers/*', 'events/*', 'patients/*', 'staff/*', 'outbox/*', 'audit/*'];
  await line.patient.subscribe(person.token, ...silent, `lotsen/cases/${id}`);
  await line.staff.subscribe(nurse.token, ...silent, `lotsen/cases/${id}`);
  await person.say(id, 'hör någon?');
  await nurse.say(id, 'bara vi', { kind: 'note' });
  await person.put('/me', { language: 'sv' });
  await nurse.put(`/queues/${queue.id}/duty`, { on: true });
  await nurse.post(`/cases/${id}/close`, { outcome: 'advice', advice: 'Vila.' });
  for (const one of Object.values(line)) {
    await one.on(`lotsen/cases/${id}`, (event) => event.state === 'closed');
    const names = new Set(one.events.map((event) => event.event).filter((name) => name !== 'ping'));
    assert.deepEqual([...names].sort(), ['PB_CONNECT', `lotsen/cases/${id}`].sort());
    one.stop.abort();
  }
});

test('the end of a log-in ends its connections, and no others', async () => {
  const person = await taken('1986-06-06');
  const topic = `lotsen/cases/${person.caseId}`;
  const elsewhere = await patient(number('1986-06-06'));
  const [here, there] = [await Line.open(), await Line.open()];
  await here.subscribe(person.token, topic);
  await there.subscribe(elsewhere.token, topic);
  assert.equal((await send(person.token, 'DELETE', '/me/session')).status, 204);
  assert.equal(await within(1000, here.over, 'the end'), 'ended');
  await nurse.say(person.caseId, 'kvar?');
  await there.on(topic, (event) => event.type === 'message');
  there.stop.abort();
});

test('a new role, or none, ends what it gave within a second', async () => {
  const admin = await staff('admin@demo.test', '_superusers');
  const record = await admin.pb.collection('staff').create({
    email: 'away@demo.test', name: 'Vera Väg', role: 'nurse', queues: [queue.id], password: 'lotsen-demo', passwordConfirm: 'lotsen-demo',
  });
  const away = await staff('away@demo.test');
  const person = await patient(number('1987-07-07'), 'Sju');
  const { id } = await arrive(person);
  const topics = [`lotsen/cases/${id}`, `lotsen/queues/${queue.id}`];
  const line = await Line.open();
  await line.subscribe(away.token, ...topics, `lotsen/staff/${record.id}`);
  await away.post(`/cases/${id}/claim`, { reason: 'test' });
  await line.on(topics[0], (event) => event.state === 'called');
  await admin.pb.collection('staff').update(record.id, { queues: [] });
  for (const topic of topics) await within(1000, line.on(topic, (event) => event.type === 'refused'), topic);
  assert.equal((await away.pb.collection('cases').getList(1, 1, { filter: `id="${id}"` })).totalItems, 0);
  const back = await eventually('the case back in line', () => nurse.pb.collection('cases').getOne(id), (row) => row.state === 'waiting');
  assert.equal(back.clinician, '', 'nobody waits for a nurse who is gone');
  await admin.pb.collection('staff').delete(record.id);
  assert.equal(await within(1000, line.over, 'the end'), 'ended');
  assert.equal((await away.status('GET', '/me')).status, 401);
});

test('a connection that is quiet is kept alive', async () => {
  const person = await patient(number('1988-08-08'), 'Tyst');
  const { id } = await arrive(person);
  const line = await Line.open();
  await line.subscribe(person.token, `lotsen/cases/${id}`);
  await line.until((event) => event.event === 'ping', 'ping', 40_000);
  line.stop.abort();
});
