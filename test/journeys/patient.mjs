// One patient's whole way: from the log-in to reading the closed case anew. Each step stands on the one before.
import PocketBase from 'pocketbase';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  BASE, COMMANDS, ELSEWHERE, Person, admitted, answer, approve, begin, eventually, newId, note, number, patient, phone, poll, refused,
  send, sms, staff,
} from './kit.mjs';

const anna = number('1985-11-02');
const words = 'Det gör ont som taggtråd när jag sväljer lingondricka';
const talk = 'Jag har också fått blåbärsfärgade naglar';
const secretly = 'Tycker patienten låter orolig, fråga om kanelbullar';
for (const text of [words, talk, secretly]) note('words', text);
note('words', 'Hallonbåt vila och drick mycket');

const has = (text, part) => assert.ok(text.includes(part), `${JSON.stringify(text)} holds ${part}`);

test('another origin may ask', async () => {
  const asks = await fetch(`${COMMANDS}/cases`, {
    method: 'OPTIONS',
    headers: { Origin: ELSEWHERE, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization,content-type' },
  });
  assert.equal(asks.status, 204);
  assert.equal(asks.headers.get('access-control-allow-origin'), '*');
  has(asks.headers.get('access-control-allow-headers').toLowerCase() + '*', 'authorization');
  const about = await send('', 'GET', '');
  assert.equal(about.status, 200);
  assert.equal(about.headers.get('access-control-allow-origin'), '*');
  assert.ok(about.body.features.includes('realtime'));
});

test('log-in on another device: the QR code moves, and the token is given', async () => {
  const { status, body: begun } = await send('', 'POST', '/identity/bankid', { mode: 'other' });
  assert.equal(status, 200);
  assert.ok(begun.qr.startsWith('bankid.'), begun.qr);
  assert.equal(begun.launch, undefined);
  const moved = await poll(begun.id, (state) => state.qr && state.qr !== begun.qr);
  assert.equal(moved.status, 'pending');
  has(moved.message, ' ');
  const other = await send('', 'POST', `/demo/bankid/${begun.id}/approve`, { personalNumber: '19850101-0000' });
  assert.equal(other.status, 400);
  await approve(begun.id, anna, 'Anna Andersson');
  const login = await poll(begun.id);
  const person = admitted(login);
  assert.equal((await person.get('/me')).name, 'Anna Andersson');
  assert.equal(login.record.personalNumber, undefined);
});

test('log-in on the same device: only the browser that began comes in', async () => {
  const same = async () => (await send('', 'POST', '/identity/bankid', { mode: 'same' })).body;
  const begun = await same();
  has(begun.launch, 'autostarttoken=');
  has(begun.launch, 'redirect=null');
  assert.equal(begun.qr, undefined);
  const { returnUrl } = await approve(begun.id, anna, 'Anna Andersson');
  const nonce = new URL(returnUrl).hash.replace('#n=', '');
  assert.ok(!returnUrl.includes(begun.id), 'the id is in no link');
  const pending = await poll(begun.id, (state) => state.hint !== 'outstandingTransaction');
  assert.equal(pending.status, 'pending');
  assert.equal(pending.token, undefined);
  const back = (id, value) => send('', 'POST', `/identity/bankid/${id}/return`, { nonce: value });
  assert.equal((await back(begun.id, 'guessed')).status, 403, 'a wrong nonce is refused');
  const victim = await same();
  assert.equal((await back(victim.id, nonce)).status, 403, 'the browser of a victim is not the one that began');
  assert.equal((await send('', 'GET', `/identity/bankid/${begun.id}`)).body.status, 'pending');
  assert.equal((await back(begun.id, nonce)).status, 204);
  const person = admitted(await poll(begun.id));
  assert.equal((await person.get('/me')).name, 'Anna Andersson');
  assert.equal((await send('', 'DELETE', `/identity/bankid/${victim.id}`)).status, 204);
});

test('a red flag ends the questions at once', async () => {
  const person = await patient(number('1961-04-09'), 'Rut Rask', 'en');
  const id = await begin(person);
  const { decision, asked } = await answer(person, id, { rf_now: ['rf_chest'] });
  assert.deepEqual(asked, ['rf_now'], 'nothing is asked after it');
  assert.equal(decision.level, 1);
  assert.equal(decision.code, 'immediate');
  has(decision.title + decision.text, '112');
  assert.ok(decision.next.includes('call112'));
  assert.ok(decision.next.includes('queue'), 'nobody is locked out');
});

test('from the complaint to the closed case', async (t) => {
  let person = await patient(anna, 'Anna Andersson', 'en');
  const to = phone();
  const stranger = await patient(number('1990-02-03', 239), 'Sten Strand');
  const nurse = await staff('nurse@demo.test');
  const south = await staff('south@demo.test');
  let id, watch, stream, seen;
  const step = (what, does) => t.test(what, does);

  await step('regions and complaints', async () => {
    const regions = await person.get('/regions');
    assert.ok(regions.some((region) => region.slug === 'demo' && region.open));
    const elsewhere = regions.find((region) => region.url);
    assert.deepEqual(Object.keys(elsewhere).sort(), ['name', 'url'], 'a region served elsewhere has a name and an address only');
    const region = await person.get('/regions/demo');
    assert.deepEqual(region.units.map((unit) => unit.slug).sort(), ['norrvik', 'soder']);
    const { items, danger } = await person.get('/regions/demo/complaints');
    assert.equal(items.length, 7);
    assert.equal(items.find((item) => item.code === 'sore_throat').title, 'Sore throat');
    assert.ok(danger.length > 10);
  });

  await step('the case is opened, and is its patient\'s alone', async () => {
    const opened = await person.post('/cases', { id: (id = newId()), region: 'demo', complaint: 'sore_throat', phone: to });
    assert.equal(opened.case.id, id);
    assert.equal(opened.case.state, 'answering');
    assert.ok(opened.step.question.text);
    assert.equal((await person.status('POST', '/cases', { region: 'demo', complaint: 'sore_throat' })).status, 409);
    assert.equal((await person.pb.collection('cases').getOne(id)).patient, person.id);
    for (const other of [stranger, nurse]) {
      await refused(other.pb.collection('cases').getOne(id), 404);
      assert.equal((await other.status('GET', `/cases/${id}/step`)).status, 404);
    }
  });

  await step('the questions lead to a decision', async () => {
    const { decision, asked } = await answer(person, id, { neck_sw: 'swollen' });
    assert.ok(asked.length > 5, `asked ${asked}`);
    assert.equal(decision.level, 3);
    assert.equal(decision.code, 'today');
    assert.ok(decision.reasons.length > 0 && decision.advice.length > 0);
    const now = await person.get(`/cases/${id}/step`);
    assert.ok(now.decision && !('question' in now) && !('progress' in now), 'a decision in place of a question');
    assert.equal(now.open, true, 'and beside it whether the queue is open');
    const rows = await person.pb.collection('answers').getFullList({ filter: `case="${id}"`, sort: 'seq' });
    assert.deepEqual(rows.filter((row) => !row.dropped).map((row) => row.question).sort(), [...asked].sort(), 'each answer is a row');
  });

  await step('own words are kept for people', async () => {
    const calm = await person.post(`/cases/${id}/freetext`, { text: words });
    assert.deepEqual(calm.danger, []);
  });

  await step('joining gives a place and a watch token', async () => {
    stream = await person.listen(`lotsen/cases/${id}`);
    const place = await person.post(`/cases/${id}/queue`, {});
    assert.equal(place.position, 1);
    assert.equal(place.ahead, 0);
    assert.equal(place.estimate, null, 'no figure without a ground for it');
    watch = place.watch;
    const state = await stream.until((event) => event.state === 'waiting', 'state waiting');
    assert.equal((await person.status('PUT', `/cases/${id}/answers/swallow`, { value: 'sips' })).status, 409, 'only what may come later');
    const form = new FormData();
    form.append('file', new File([readFileSync(process.env.PHOTO)], 'IMG_1.jpg', { type: 'image/jpeg' }));
    await person.put(`/cases/${id}/answers/photo`, form);
    const rows = person.pb.collection('answers');
    const shown = await rows.getFirstListItem(`case="${id}" && question="photo" && files:length > 0`);
    assert.equal((await fetch(`${BASE}/api/files/answers/${shown.id}/${shown.files[0]}`)).status, 404);
    const [row] = (await nurse.get(`/queues/${(await nurse.get('/queues'))[0].id}/cases`)).items;
    for (const mark of ['photo', 'freetext']) assert.ok(row.marks.includes(mark), JSON.stringify(row));
    assert.match(state.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  await step('after the log-out the watch token reads the place, and nothing else', async () => {
    await person.close();
    const { token } = person;
    assert.equal((await person.status('DELETE', '/me/session')).status, 204);
    assert.equal((await send(token, 'GET', '/me')).status, 401, 'the old token opens nothing');
    assert.equal((await send(token, 'GET', `/cases/${id}/queue`)).status, 401);
    const place = await send(watch, 'GET', `/cases/${id}/queue`);
    assert.equal(place.status, 200);
    assert.equal(place.body.position, 1);
    for (const path of [`/cases/${id}/step`, `/cases/${id}/events`, '/me']) {
      assert.equal((await send(watch, 'GET', path)).status, 401, path);
    }
    assert.equal((await send(watch, 'DELETE', `/cases/${id}/queue`)).status, 401);
    const watcher = new Person(new PocketBase(BASE));
    watcher.pb.authStore.save(watch, null);
    const turn = await watcher.listen(`lotsen/cases/${id}/queue`);
    const nothing = await watcher.listen(`lotsen/cases/${id}`);
    await nothing.type('refused');

    const { case: taken } = await nurse.post(`/queues/${(await nurse.get('/queues'))[0].id}/next`, { take: newId() });
    assert.equal(taken.id, id);
    assert.equal(taken.state, 'called');
    await turn.until((event) => event.state === 'called', 'your turn');
    assert.deepEqual(nothing.events.map((event) => event.type), ['refused']);
    await watcher.close();
  });

  await step('an SMS says whose turn it is, and nothing of health', async () => {
    const [message] = await eventually('the SMS', () => sms(to), (list) => list.length > 0);
    assert.ok(message.text.length > 0);
    assert.ok(!/hals|throat/i.test(message.text), message.text);
  });

  await step('the patient comes back and is here', async () => {
    person = await patient(anna, 'Anna Andersson', 'en');
    stream = await person.listen(`lotsen/cases/${id}`);
    seen = await nurse.listen(`lotsen/cases/${id}`);
    const assigned = await nurse.listen(`lotsen/staff/${nurse.id}`);
    const { due } = await eventually('the time to come', () => person.get(`/cases/${id}/queue`), (place) => place.due);
    assert.ok(new Date(due) > new Date());
    await person.post(`/cases/${id}/here`, {});
    const state = await stream.until((event) => event.state === 'active', 'state active');
    assert.ok(state.clinicianName, 'the patient reads who it is');
    await seen.until((event) => event.state === 'active', 'state active');
    assert.equal((await assigned.type('here')).case, id);
  });

  await step('messages go both ways, at once', async () => {
    const own = await person.say(id, talk);
    assert.equal(own.kind, 'patient');
    assert.equal(own.authorName, 'Anna Andersson');
    const heard = await seen.type('message');
    assert.equal(heard.message.body, talk);
    assert.equal(heard.message.id, own.id);
    assert.equal(heard.seq, own.seq);
    const reply = await nurse.say(id, 'Hej Anna, jag har läst det du skrivit.', { kind: 'patient', author: person.id, seq: 1 });
    assert.equal(reply.kind, 'staff', 'the server says who wrote');
    assert.equal(reply.author, nurse.id);
    const got = await stream.until((event) => event.message?.id === reply.id, 'the reply');
    assert.equal(got.message.body, reply.body);
    for (const other of [stranger, south]) await refused(other.say(id, 'obehörig'), 400);
  });

  await step('a picture is shown to its people only, without its place', async () => {
    const photo = readFileSync(process.env.PHOTO);
    has(photo.toString('latin1'), 'Exif');
    const sent = await person.say(id, '', { files: [new File([photo], 'Anna Andersson hals.jpg', { type: 'image/jpeg' })] });
    assert.equal(sent.files.length, 1);
    assert.ok(!/anna|hals/i.test(sent.files[0]), `the name says nothing: ${sent.files[0]}`);
    await seen.until((event) => event.message?.id === sent.id, 'the picture');
    const at = `${BASE}/api/files/messages/${sent.id}/${sent.files[0]}`;
    assert.equal((await fetch(at)).status, 404, 'not without a token');
    assert.equal((await fetch(at, { headers: { Authorization: person.token } })).status, 404, 'the token of a log-in is no token for files');
    const foreign = await stranger.pb.files.getToken();
    assert.equal((await fetch(`${at}?token=${foreign}`)).status, 404, 'not for another patient');
    assert.equal((await fetch(`${at}?token=${await south.pb.files.getToken()}`)).status, 404, 'not for staff of another queue');
    for (const reader of [person, nurse]) {
      const answered = await fetch(`${at}?token=${await reader.pb.files.getToken()}`);
      assert.equal(answered.status, 200);
      has(answered.headers.get('cache-control'), 'no-store');
      has(answered.headers.get('content-security-policy'), 'sandbox');
      assert.equal(answered.headers.get('x-content-type-options'), 'nosniff');
      const kept = Buffer.from(await answered.arrayBuffer());
      for (const trace of ['Exif', 'GPS', 'LOTSENPLACE']) assert.equal(kept.indexOf(trace), -1, `${trace} is in what is served`);
      assert.deepEqual(size(kept), { width: 48, height: 64 }, 'turned upright');
    }
    const notPicture = new File(['#!/bin/sh\nexit 1\n'], 'x.jpg', { type: 'image/jpeg' });
    await refused(person.say(id, '', { files: [notPicture] }), 400);
  });

  await step('a note is for staff, on every path', async () => {
    const noted = await nurse.say(id, secretly, { kind: 'note' });
    assert.equal(noted.kind, 'note');
    assert.equal((await seen.until((event) => event.message?.id === noted.id, 'the note')).message.body, secretly);
    const hole = await stream.until((event) => event.seq === noted.seq, 'the number of the note');
    assert.deepEqual(Object.keys(hole).sort(), ['at', 'seq', 'type']);
    assert.equal(hole.type, 'void');
    const messages = person.pb.collection('messages');
    await refused(messages.getOne(noted.id), 404);
    const list = await messages.getFullList({ filter: `case="${id}"` });
    assert.ok(list.length >= 3 && list.every((message) => message.kind !== 'note'));
    assert.equal((await messages.getList(1, 50, { filter: `body~"kanelbullar"` })).totalItems, 0, 'no filter finds it');
    assert.equal((await messages.getList(1, 50, { filter: `kind="note"` })).totalItems, 0);
    const cases = person.pb.collection('cases');
    await refused(cases.getOne(id, { expand: 'messages_via_case' }), 400);
    await refused(cases.getList(1, 1, { filter: `messages_via_case.body ?~ "kanelbullar"` }), 400);
    const { items } = await person.get(`/cases/${id}/events`);
    assert.equal(items.find((item) => item.seq === noted.seq).type, 'void');
    assert.ok(!JSON.stringify(items).includes('kanelbullar'));
    await refused(person.say(id, 'jag med', { kind: 'note' }), 400);
    assert.equal((await nurse.pb.collection('messages').getOne(noted.id)).body, secretly);
  });

  await step('read marks, typing and what is unread', async () => {
    await person.put(`/cases/${id}/read`, { upTo: 3 });
    const read = await seen.until((event) => event.type === 'read' && event.by === 'patient', 'read mark');
    assert.equal(read.upTo, 3);
    await nurse.put(`/cases/${id}/read`, { upTo: 2, freetext: true });
    await stream.until((event) => event.type === 'read' && event.by === 'staff', 'read mark');
    await nurse.post(`/cases/${id}/typing`, { on: true });
    const typing = await stream.type('typing');
    assert.equal(typing.on, true);
    assert.equal(typing.seq, undefined, 'typing is never stored');
    assert.equal((await stranger.status('POST', `/cases/${id}/typing`, { on: true })).status, 404);
  });

  await step('what the clinician reads first', async () => {
    const summary = await nurse.get(`/cases/${id}/summary`);
    assert.equal(summary.patient.personalNumber.replace(/\D/g, ''), anna);
    assert.equal(summary.patient.phone, to);
    assert.ok(summary.redFlags.length > 0);
    has(JSON.stringify(summary.ownWords), 'taggtråd');
    for (const sought of [{ personalNumber: anna }, { name: 'Anna Andersson' }]) {
      const { items } = await nurse.post('/cases/search', { ...sought, reason: 'rang and asked' });
      assert.deepEqual(items.map((item) => item.id), [id], 'found in one\'s own queues');
      assert.deepEqual((await south.post('/cases/search', { ...sought, reason: 'curious' })).items, []);
    }
    assert.equal((await south.status('GET', `/cases/${id}/summary`)).status, 404);
    assert.equal((await person.status('GET', `/cases/${id}/summary`)).status, 403);
  });

  await step('the case is closed with advice', async () => {
    assert.equal((await nurse.status('POST', `/cases/${id}/close`, { outcome: 'advice' })).status, 400, 'advice is required');
    const english = await nurse.status('POST', `/cases/${id}/close`, { outcome: 'advice', advice: 'Rest.' });
    assert.ok(english.body.data.adviceSv, 'what is not Swedish is written in Swedish too');
    await nurse.post(`/cases/${id}/close`, {
      outcome: 'advice', advice: 'Rest, and drink a lot.', adviceSv: 'Hallonbåt vila och drick mycket', levelWas: 'right',
    });
    await stream.until((event) => event.state === 'closed', 'state closed');
    await eventually('the SMS of the end', () => sms(to), (list) => list.length === 2);
    await refused(person.say(id, 'en sak till'), 409);
    await person.close();
    await nurse.close();
  });

  await step('at a new log-in the advice is read, rated and printed', async () => {
    await person.delete('/me/session');
    person = await patient(anna, 'Anna Andersson');
    const closed = await person.pb.collection('cases').getOne(id);
    assert.equal(closed.state, 'closed');
    assert.equal(closed.outcome, 'advice');
    assert.equal(closed.advice, 'Rest, and drink a lot.');
    await person.post(`/cases/${id}/feedback`, { rating: 5, text: 'Tack' });
    assert.equal((await person.status('POST', `/cases/${id}/feedback`, { rating: 1 })).status, 409, 'once');
    const readers = await person.get(`/cases/${id}/readers`);
    assert.ok(readers.some((reader) => reader.name === 'Nina Norrman' && reader.what === 'summary'), JSON.stringify(readers));
    assert.ok(!JSON.stringify(readers).includes('Sofia'), 'who was refused has read nothing');
    const page = await fetch(`${COMMANDS}/cases/${id}/print`, { headers: { Authorization: person.token } });
    assert.equal(page.status, 200);
    const printed = await page.text();
    has(printed, 'Rest, and drink a lot.');
    assert.ok(!printed.includes('kanelbullar'), 'no note is printed');
    assert.equal((await stranger.status('GET', `/cases/${id}/readers`)).status, 404);
  });
});

// size reads a JPEG's width and height from its frame.
function size(jpeg) {
  for (let at = 2; at < jpeg.length;) {
    const marker = jpeg[at + 1];
    if (marker >= 0xc0 && marker <= 0xc2) return { height: jpeg.readUInt16BE(at + 5), width: jpeg.readUInt16BE(at + 7) };
    at += 2 + jpeg.readUInt16BE(at + 2);
  }
  throw new Error('no frame in the picture');
}
