// The same request again is harmless: at once, many at once, and after the case has long moved on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, begin, eventually, newId, note, number, patient, phone, refused, send, sms, staff } from './kit.mjs';

const nurse = await staff('nurse@demo.test');
const admin = await staff('admin@demo.test', '_superusers');
const [queue] = await nurse.get('/queues');

// same leaves out what is made anew for each answer: the token that watches a place.
const same = (answer) => JSON.stringify(answer, (key, value) => (key === 'watch' ? undefined : value));

// again sends what was sent before, and expects what was answered then.
async function again(person, { method, path, body, status, answer: first }, when) {
  const repeat = await person.status(method, path, body);
  assert.equal(repeat.status, status, `${method} ${path} ${when}: ${JSON.stringify(repeat.body)}`);
  assert.equal(same(repeat.body), same(first), `${method} ${path} ${when}`);
}

// tellsNow says whether a command answers with where things stand now, whenever it is sent: the place, the case that was opened, the questions.
const tellsNow = ({ path }) => /^\/cases(\/[a-z0-9]+\/(queue|answers\/\w+))?$/.test(path);

// accepted sends again what is answered with where things stand now.
async function accepted(person, { method, path, body, status }) {
  const repeat = await person.status(method, path, body);
  assert.equal(repeat.status, status, `${method} ${path} after the end: ${JSON.stringify(repeat.body)}`);
  if (path === '/cases') assert.equal(repeat.body.case.id, body.id);
}

// doubled makes a person press everything twice.
function doubled(person) {
  const call = person.call.bind(person);
  person.call = async (method, path, body) => {
    const first = await call(method, path, body);
    if (method !== 'GET') await again(person, person.log.at(-1), 'at once');
    return first;
  };
  return person;
}

// many sends the same request so many times at once, and gives the one answer of all.
async function many(times, person, method, path, body) {
  const answers = await Promise.all(Array.from({ length: times }, () => person.status(method, path, body)));
  for (const one of answers) {
    assert.equal(one.status, answers[0].status, `${method} ${path}: ${JSON.stringify(one.body)}`);
    assert.equal(same(one.body), same(answers[0].body), `${method} ${path} is answered alike`);
  }
  assert.ok(answers[0].status < 300, `${method} ${path}: ${JSON.stringify(answers[0].body)}`);
  return answers[0].body;
}

const events = async (person, id) => (await person.get(`/cases/${id}/events`)).items;
const rows = (person, name, id) => person.pb.collection(name).getFullList({ filter: `case="${id}"`, sort: 'seq' });

test('every command of a journey twice, and all of them once more after the end', async () => {
  const person = doubled(await patient(number('1971-01-31'), 'Dubbel-Doris'));
  const clinician = doubled(nurse);
  const to = phone();
  await person.put('/me', { phone: to, language: 'sv' });
  const id = await begin(person, { phone: to });
  await answer(person, id, { neck_sw: 'swollen' });
  note('words', 'grusig som en sandlåda');
  await person.post(`/cases/${id}/freetext`, { text: 'grusig som en sandlåda' });
  await person.post(`/cases/${id}/queue`, { interpreter: false });
  await person.delete(`/cases/${id}/queue`);
  await person.post(`/cases/${id}/queue`, { phone: to });
  await clinician.post(`/queues/${queue.id}/next`, { take: newId() });
  await eventually('the SMS', () => sms(to), (list) => list.length > 0);
  await person.post(`/cases/${id}/hold`, {});
  await person.post(`/cases/${id}/here`, {});
  const own = { id: newId(), case: id, body: 'Hej' };
  const theirs = { id: newId(), case: id, body: 'Hej på dig' };
  const noted = { id: newId(), case: id, body: 'lugn röst', kind: 'note' };
  const said = [];
  for (const [who, message] of [[person, own], [clinician, theirs], [clinician, noted]]) {
    const first = await who.pb.collection('messages').create(message);
    assert.deepEqual(await who.pb.collection('messages').create(message), first);
    said.push([who, message, first]);
  }
  await person.put(`/cases/${id}/read`, { upTo: 1 });
  await clinician.put(`/cases/${id}/read`, { upTo: 1, freetext: true });
  const flags = (await person.get(`/cases/${id}/worse`)).questions;
  await person.post(`/cases/${id}/worse`, { answers: Object.fromEntries(flags.map((flag) => [flag.id, ['none']])) });
  await clinician.put(`/cases/${id}/level`, { level: 2, reason: 'sounds ill' });
  await clinician.post(`/cases/${id}/pause`, { until: new Date(Date.now() + 3600_000).toISOString() });
  await clinician.post(`/cases/${id}/resume`, {});
  await clinician.post(`/cases/${id}/phonecall`, { answered: true });
  await clinician.post(`/cases/${id}/close`, { outcome: 'advice', advice: 'Vila.' });
  await person.post(`/cases/${id}/feedback`, { rating: 4, text: 'bra' });
  await eventually('the SMS of the end', () => sms(to), (list) => list.length >= 2);

  const before = {
    record: await person.pb.collection('cases').getOne(id), events: await events(clinician, id), messages: await rows(clinician, 'messages', id),
    answers: await rows(person, 'answers', id), sms: await sms(to),
  };
  assert.equal(before.events.filter((event) => event.kind === 'taken').length, 1);
  assert.equal(before.messages.length, 3);
  assert.equal(before.sms.length, 2, 'one SMS for the turn and one for the end');
  for (const who of [person, clinician]) {
    assert.ok(who.log.length > 5);
    for (const sent of who.log) {
      if (sent.method === 'DELETE') continue; // to leave was undone: the same once more would be to leave anew
      await (tellsNow(sent) ? accepted(who, sent) : again(who, sent, 'after the end'));
    }
  }
  for (const [who, message, first] of said) assert.deepEqual(await who.pb.collection('messages').create(message), first);
  assert.deepEqual(await person.pb.collection('cases').getOne(id), before.record, 'the case is as it was');
  assert.deepEqual(await events(clinician, id), before.events, 'nothing has happened');
  assert.deepEqual(await rows(clinician, 'messages', id), before.messages);
  assert.deepEqual(await rows(person, 'answers', id), before.answers);
  assert.deepEqual(await sms(to), before.sms, 'no SMS more');
});

test('many at once are one', async () => {
  const person = await patient(number('1972-02-29'), 'Många Måns');
  const to = phone();
  const id = newId();
  await many(10, person, 'POST', '/cases', { id, region: 'demo', complaint: 'sore_throat', phone: to });
  await answer(person, id, { neck_sw: 'swollen' });
  await many(10, person, 'POST', `/cases/${id}/freetext`, { text: 'ont' });
  await many(10, person, 'POST', `/cases/${id}/queue`, {});
  const message = { id: newId(), case: id, body: 'fyrtio gånger' };
  const create = () => person.pb.collection('messages').create(message);
  const said = await Promise.all(Array.from({ length: 40 }, create));
  for (const one of said) assert.deepEqual(one, said[0], 'forty get the same answer');
  assert.equal((await rows(person, 'messages', id)).length, 1, 'and there is one row');
  const take = newId();
  const taken = await many(10, nurse, 'POST', `/queues/${queue.id}/next`, { take });
  assert.equal(taken.case.id, id);
  await many(10, person, 'POST', `/cases/${id}/here`, {});
  const reply = { id: newId(), case: id, body: 'fyrtio svar' };
  const replies = await Promise.all(Array.from({ length: 40 }, () => nurse.pb.collection('messages').create(reply)));
  for (const one of replies) assert.deepEqual(one, replies[0]);
  await many(10, nurse, 'POST', `/cases/${id}/close`, { outcome: 'advice', advice: 'Vila.' });
  await many(10, person, 'POST', `/cases/${id}/feedback`, { rating: 3 });
  const told = await events(nurse, id);
  assert.deepEqual(told.map((event) => event.seq), told.map((_, i) => i + 1), 'numbers have no holes');
  for (const [kind, times] of [['freetext', 1], ['joined', 1], ['taken', 1], ['here', 1], ['closed', 1], ['feedback', 1]]) {
    assert.equal(told.filter((event) => event.kind === kind).length, times, `${kind} happened once: ${JSON.stringify(told)}`);
  }
  assert.equal(told.filter((event) => event.type === 'message').length, 2);
  assert.equal((await rows(person, 'answers', id)).filter((row) => row.question === 'freetext' || row.value === 'ont').length, 1);
  const letters = await eventually('both SMS', () => sms(to), (list) => list.length >= 2);
  assert.equal(letters.length, 2);
});

test('an id stands for one body', async () => {
  const person = await patient(number('1973-03-03'), 'En Enda');
  const other = await patient(number('1974-04-04'), 'En Annan');
  const id = newId();
  const opening = { id, region: 'demo', complaint: 'sore_throat' };
  await person.post('/cases', opening);
  for (const [who, body] of [[person, { ...opening, complaint: 'cough' }], [person, { ...opening, unit: 'soder' }], [other, opening]]) {
    const taken = await who.status('POST', '/cases', body);
    assert.equal(taken.status, 409, JSON.stringify(taken.body));
    assert.equal(taken.body.data.id.code, 'id_taken');
  }
  await answer(person, id);
  await person.post(`/cases/${id}/queue`, {});
  const own = { id: newId(), case: id, body: 'ett' };
  await person.pb.collection('messages').create(own);
  await refused(person.pb.collection('messages').create({ ...own, body: 'två' }), 409);
  await refused(nurse.pb.collection('messages').create({ ...own, kind: 'note' }), 409);
  await refused(other.pb.collection('messages').create(own), 400);
  const elsewhere = await begin(other);
  await refused(other.pb.collection('messages').create({ ...own, case: elsewhere }), 409);

  const both = (await (await staff('south@demo.test')).get('/queues'))[0];
  await admin.pb.collection('staff').create({
    email: 'both@demo.test', name: 'Bo Båda', role: 'nurse', queues: [queue.id, both.id], password: 'lotsen-demo', passwordConfirm: 'lotsen-demo',
  });
  const clinician = await staff('both@demo.test');
  const take = newId();
  await clinician.post(`/queues/${queue.id}/next`, { take });
  assert.equal((await clinician.status('POST', `/queues/${both.id}/next`, { take })).status, 409, 'a take is of one queue');
  const rival = await nurse.status('POST', `/queues/${queue.id}/next`, { take });
  assert.equal(rival.status, 204, 'and of one person: nobody waits for another');
  await clinician.post(`/cases/${id}/close`, { outcome: 'advice', advice: 'Vila.' });
  const twice = await clinician.status('POST', `/cases/${id}/close`, { outcome: 'advice', advice: 'Något annat.' });
  assert.equal(twice.status, 409);
  assert.equal(twice.body.data.state.code, 'closed');
  assert.equal((await send(person.token, 'GET', `/cases/${id}/queue`)).body.state, 'closed');
});
