// The queue: its order, those who take from it at once, what is handed on, and who does not come.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advance, arrive, eventually, newId, number, patient, phone, refused, send, sms, staff } from './kit.mjs';

// How ill one says to be, for each level.
const ILL = { 2: { swallow: 'sips' }, 3: { neck_sw: 'swollen' }, 4: { throat_urgent: ['one_sided'] }, 5: {} };

const nurse = await staff('nurse@demo.test');
const doctor = await staff('doctor@demo.test');
const lead = await staff('lead@demo.test');
const south = await staff('south@demo.test');
const [queue] = await nurse.get('/queues');
const [queueSouth] = await south.get('/queues');

let born = 1960;
// comes is somebody new who waits, with a level.
async function comes(level) {
  const person = await patient(number(`${born++}-06-15`), `Person ${born}`);
  person.phone = phone();
  const { id, place, decision } = await arrive(person, { given: ILL[level], phone: person.phone });
  assert.equal(decision.level, level, JSON.stringify(decision));
  return Object.assign(person, { caseId: id, level, joined: place });
}

const rows = async (who = nurse, at = queue) => (await who.get(`/queues/${at.id}/cases`)).items;
const place = (person) => person.get(`/cases/${person.caseId}/queue`);
const next = (clinician, at = queue) => clinician.status('POST', `/queues/${at.id}/next`, { take: newId() });
const close = (clinician, id) => clinician.post(`/cases/${id}/close`, { outcome: 'advice', advice: 'Vila.' });

// hire makes one nurse more at Norrvik, as an admin does in the dashboard.
async function hire(admin, name) {
  const email = `${name}@demo.test`;
  await admin.pb.collection('staff').create({
    email, name, role: 'nurse', queues: [queue.id], password: 'lotsen-demo', passwordConfirm: 'lotsen-demo', verified: true,
  });
  return staff(email);
}

test('order is level, then time; six at once take six; the positions shown are the order that happens', async () => {
  const admin = await staff('admin@demo.test', '_superusers');
  const six = [nurse, doctor, lead];
  for (const name of ['ida', 'ulf', 'eva']) six.push(await hire(admin, name));
  const board = await doctor.listen(`lotsen/queues/${queue.id}`);

  const people = [];
  for (const level of [5, 3, 2, 5, 3, 2, 3, 4]) people.push(await comes(level));
  const order = people.toSorted((a, b) => a.level - b.level || people.indexOf(a) - people.indexOf(b));
  const shown = await Promise.all(order.map(place));
  assert.deepEqual(shown.map((p) => [p.position, p.ahead]), order.map((_, i) => [i + 1, i]));
  const listed = await rows();
  assert.deepEqual(listed.map((row) => row.id), order.map((person) => person.caseId), 'the list is in order');
  assert.deepEqual(listed.map((row) => row.level), order.map((person) => person.level));
  const { waiting } = (await nurse.get('/queues'))[0];
  assert.deepEqual(waiting, { 1: 0, 2: 2, 3: 3, 4: 1, 5: 2 });

  const last = order.slice(6);
  const places = await Promise.all(last.map((person) => person.listen(`lotsen/cases/${person.caseId}/queue`)));
  const taken = await Promise.all(six.map((clinician) => next(clinician)));
  assert.deepEqual(taken.map((answer) => answer.status), [200, 200, 200, 200, 200, 200]);
  const ids = taken.map((answer) => answer.body.case.id);
  assert.equal(new Set(ids).size, 6, 'six get six');
  assert.deepEqual([...ids].sort(), order.slice(0, 6).map((person) => person.caseId).sort(), 'and they were the first six');
  taken.forEach((answer, i) => assert.equal(answer.body.case.clinician, six[i].id));
  // The order in which it happened is the order that was shown: each was called in turn.
  const calls = await Promise.all(order.slice(0, 6).map(async (person) => {
    const { items } = await person.get(`/cases/${person.caseId}/events`);
    return items.find((item) => item.state === 'called').at;
  }));
  assert.deepEqual(calls, [...calls].sort(), 'the first shown was called first');
  await Promise.all(places.map((stream, i) => stream.until((event) => event.position === i + 1, `position ${i + 1}`)));
  assert.deepEqual(await Promise.all(last.map(async (person) => (await place(person)).position)), [1, 2]);
  await board.until((event) => event.gone.includes(order[5].caseId), 'the sixth gone');
  assert.deepEqual((await nurse.get('/queues'))[0].waiting, { 1: 0, 2: 0, 3: 0, 4: 0, 5: 2 });

  const rest = await Promise.all(six.map((clinician) => next(clinician)));
  assert.deepEqual(rest.map((answer) => answer.status).sort(), [200, 200, 204, 204, 204, 204], 'two are left for six');
  for (const [i, answer] of [...taken, ...rest].entries()) {
    if (answer.status === 200) await close(six[i % 6], answer.body.case.id);
  }
});

test('claim takes one out of turn, with a reason; a colleague\'s is not to be had', async () => {
  const [first, second] = [await comes(3), await comes(3)];
  assert.equal((await nurse.status('POST', `/cases/${second.caseId}/claim`, {})).status, 400, 'a reason is required');
  const own = await nurse.post(`/cases/${second.caseId}/claim`, { reason: 'knows the patient' });
  assert.equal(own.case.state, 'called');
  assert.equal(own.case.clinicianName, 'Nina Norrman');
  const late = await doctor.status('POST', `/cases/${second.caseId}/claim`, { reason: 'me too' });
  assert.equal(late.status, 409);
  assert.equal(late.body.data.by.name, 'Nina Norrman');
  assert.equal((await doctor.status('POST', `/cases/${second.caseId}/close`, { outcome: 'advice', advice: 'Nej.' })).status, 403);
  assert.equal((await south.status('POST', `/cases/${first.caseId}/claim`, { reason: 'mine?' })).status, 404);
  assert.equal((await place(first)).position, 1);
  await nurse.post(`/cases/${second.caseId}/release`, { reason: 'lunch' });
  assert.equal((await place(second)).position, 2, 'back where it stood');
  for (const person of [first, second]) {
    const { case: taken } = await nurse.post(`/queues/${queue.id}/next`, { take: newId() });
    assert.equal(taken.id, person.caseId);
  }
  await nurse.post(`/cases/${first.caseId}/release`, { reason: 'a call' });
  const later = await comes(3);
  assert.equal((await place(first)).position, 1, 'before who came later');
  assert.equal((await place(later)).position, 2);
  await close(nurse, second.caseId);
  for (const person of [first, later]) {
    const { body } = await next(nurse);
    assert.equal(body.case.id, person.caseId);
    await close(nurse, person.caseId);
  }
});

test('what waits is seen with its marks, and the level is a person\'s to set', async () => {
  const person = await comes(4);
  await person.post(`/cases/${person.caseId}/freetext`, { text: 'Jag vill dö' });
  await person.say(person.caseId, 'Är det långt kvar?');
  const [row] = await rows();
  assert.equal(row.unread, 1);
  assert.ok(['freetext', 'danger'].every((mark) => row.marks.includes(mark)), JSON.stringify(row));
  assert.equal(row.level, 4, 'words of danger leave the level');
  await nurse.put(`/cases/${person.caseId}/read`, { upTo: 1, freetext: true });
  const [read] = await rows();
  assert.equal(read.unread, 0);
  assert.ok(!read.marks.includes('freetext'), 'a person has read them');
  const { case: set } = await nurse.put(`/cases/${person.caseId}/level`, { level: 2, reason: 'sounds worse than it reads' });
  assert.equal(set.level, 2);
  assert.equal((await rows())[0].level, 2);
  await next(nurse);
  await close(nurse, person.caseId);
});

test('after a hand-over the old queue\'s eyes see nothing within a second', async () => {
  const person = await comes(3);
  const { case: taken } = await nurse.post(`/queues/${queue.id}/next`, { take: newId() });
  await person.post(`/cases/${person.caseId}/here`, {});
  const note = await nurse.say(person.caseId, 'läs detta', { kind: 'note' });
  const eyes = await Promise.all([nurse, doctor].map((who) => who.listen(`lotsen/cases/${person.caseId}`)));
  const own = await person.listen(`lotsen/cases/${person.caseId}`);
  await nurse.post(`/cases/${person.caseId}/transfer`, { queue: queueSouth.id, note: 'lives there' });
  await Promise.all(eyes.map((stream) => stream.type('refused', 1000)));
  for (const who of [nurse, doctor]) {
    await refused(who.pb.collection('cases').getOne(person.caseId), 404);
    assert.equal((await who.pb.collection('cases').getList(1, 5, { filter: `id="${person.caseId}"` })).totalItems, 0);
    assert.equal((await who.pb.collection('messages').getList(1, 5, { filter: `case="${person.caseId}"` })).totalItems, 0);
    await refused(who.pb.collection('messages').getOne(note.id), 404);
    await refused(who.say(person.caseId, 'hallå'), 400);
    for (const [method, path, body] of [
      ['GET', 'events'], ['GET', 'summary'], ['POST', 'claim', { reason: 'back' }], ['PUT', 'level', { level: 1, reason: 'x' }],
    ]) assert.equal((await who.status(method, `/cases/${person.caseId}/${path}`, body)).status, 404, path);
    await who.close();
    const again = await who.listen(`lotsen/cases/${person.caseId}`);
    await again.type('refused');
  }
  await own.until((event) => event.state === 'waiting', 'the patient goes on');
  const [row] = await rows(south, queueSouth);
  assert.equal(row.id, person.caseId);
  assert.equal(Date.parse(row.since), Date.parse(taken.since), 'the time waited is kept');
  await person.say(person.caseId, 'Är det någon där?');
  for (const stream of eyes) assert.ok(!stream.events.some((event) => event.type === 'message' && event.message.kind === 'patient'));
  const { case: theirs } = await south.post(`/queues/${queueSouth.id}/next`, { take: newId() });
  assert.equal(theirs.id, person.caseId);
  assert.ok((await south.pb.collection('messages').getFullList({ filter: `case="${person.caseId}"` })).some((m) => m.id === note.id));
  await close(south, person.caseId);
});

test('a hand-over to a person', async () => {
  const person = await comes(3);
  await nurse.post(`/queues/${queue.id}/next`, { take: newId() });
  const told = await doctor.listen(`lotsen/staff/${doctor.id}`);
  assert.equal((await nurse.status('POST', `/cases/${person.caseId}/transfer`, { clinician: south.id, note: 'x' })).status, 400);
  await nurse.post(`/cases/${person.caseId}/transfer`, { clinician: doctor.id, note: 'needs a doctor' });
  assert.equal((await told.type('assigned')).case, person.caseId);
  const record = await nurse.pb.collection('cases').getOne(person.caseId);
  assert.equal(record.clinicianName, 'David Dahl');
  assert.equal((await nurse.status('POST', `/cases/${person.caseId}/close`, { outcome: 'advice', advice: 'x' })).status, 403);
  await close(doctor, person.caseId);
});

test('who does not come gets the old place back, and is rung the second time', async () => {
  const person = await comes(4);
  const behind = await comes(4);
  const stream = await person.listen(`lotsen/cases/${person.caseId}`);
  const called = async () => {
    const { body } = await next(nurse);
    assert.equal(body.case.id, person.caseId);
    return eventually('until when the turn is held', () => place(person), (p) => p.due);
  };
  const count = (await sms(person.phone)).length;
  const { due } = await called();
  const [accepted] = (await eventually('the SMS', () => sms(person.phone), (list) => list.length > count)).slice(-1);
  const ten = (Date.parse(due) - Date.parse(accepted.at)) / 60_000;
  assert.ok(Math.abs(ten - 10) < 0.1, `counted from when the SMS was accepted: ${ten} minutes`);
  await advance('9m');
  assert.equal((await place(person)).state, 'called', 'not before the time');
  await advance('2m');
  await stream.until((event) => event.kind === 'missed', 'the miss');
  assert.equal((await place(person)).position, 1, 'the old place back');
  assert.equal((await place(behind)).position, 2);
  assert.ok((await rows())[0].marks.includes('missed'));
  await eventually('the SMS that says so', () => sms(person.phone), (list) => list.length > count + 1);

  await called();
  const held = await person.post(`/cases/${person.caseId}/hold`, {});
  assert.ok(held.due);
  await advance('11m');
  assert.equal((await place(person)).state, 'called', 'ten minutes more');
  await advance('10m');
  assert.equal((await place(person)).position, 1);
  const [row] = await rows();
  assert.ok(row.marks.includes('call'), `the second miss asks staff to ring: ${JSON.stringify(row)}`);
  await nurse.post(`/queues/${queue.id}/next`, { take: newId() });
  await nurse.post(`/cases/${person.caseId}/phonecall`, { answered: true });
  assert.equal((await place(person)).state, 'active');
  await close(nurse, person.caseId);
  await behind.delete(`/cases/${behind.caseId}/queue`);
});

test('a pause is told, and a word of the patient ends it; who leaves may come back to the old place', async () => {
  const [person, other] = [await comes(4), await comes(4)];
  await next(nurse);
  await person.post(`/cases/${person.caseId}/here`, {});
  const stream = await person.listen(`lotsen/cases/${person.caseId}`);
  const until = new Date((await advance('0s')).getTime() + 3600_000).toISOString();
  await nurse.post(`/cases/${person.caseId}/pause`, { until });
  assert.equal((await stream.until((event) => event.state === 'paused', 'the pause')).due, until);
  await person.say(person.caseId, 'Nu har jag mätt tempen');
  await stream.until((event) => event.type === 'message', 'the word');
  assert.equal((await person.pb.collection('cases').getOne(person.caseId)).state, 'active');
  await close(nurse, person.caseId);

  const behind = await comes(4);
  await other.delete(`/cases/${other.caseId}/queue`);
  assert.equal((await place(behind)).position, 1);
  assert.equal((await other.pb.collection('cases').getOne(other.caseId)).state, 'cancelled');
  const back = await other.post(`/cases/${other.caseId}/queue`, {});
  assert.equal(back.position, 1, 'the old place');
  await other.delete(`/cases/${other.caseId}/queue`);
  await advance('11m');
  assert.equal((await other.status('POST', `/cases/${other.caseId}/queue`, {})).status, 409, 'after ten minutes it is gone');
  assert.equal((await send(behind.joined.watch, 'GET', `/cases/${behind.caseId}/queue`)).body.position, 1);
});
