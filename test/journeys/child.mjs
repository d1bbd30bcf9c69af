// A child's case: what a guardian may and may not, until the 13th birthday.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advance, arrive, begin, newId, number, patient, refused, send, staff } from './kit.mjs';

const nurse = await staff('nurse@demo.test');
const [queue] = await nurse.get('/queues');

// daysAhead is a birth date so that the 13th birthday is after so many days, by the demo's clock and in Sweden.
function turns13In(days, now) {
  const day = new Date(now.getTime() + days * 24 * 3600 * 1000);
  const [year, month, date] = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' }).format(day).split('-');
  return `${year - 13}-${month}-${date}`;
}

// take gives the nurse this case, whatever else waits.
const take = (id) => nurse.post(`/cases/${id}/claim`, { reason: 'the child is first here' });
const close = (id) => nurse.post(`/cases/${id}/close`, { outcome: 'advice', advice: 'Vila.' });

// sees is everything on which a case could show itself to somebody.
async function sees(person, id) {
  const found = [];
  const notFound = (error) => {
    assert.equal(error.status, 404, error.message);
    return null;
  };
  const records = person.pb.collection('cases');
  if (await records.getOne(id).catch(notFound)) found.push('view');
  for (const [name, filter] of [['cases', `id="${id}"`], ['messages', `case="${id}"`], ['answers', `case="${id}"`]]) {
    if ((await person.pb.collection(name).getList(1, 50, { filter })).items.length) found.push(`list of ${name}`);
  }
  if ((await records.getFullList()).some((row) => row.id === id)) found.push('list of all cases');
  for (const path of ['step', 'queue', 'events', 'readers', 'print']) {
    const { status } = await fetchStatus(person, `/cases/${id}/${path}`);
    if (status !== 404) found.push(`${path} ${status}`);
  }
  return found;
}

const fetchStatus = (person, path) =>
  fetch(`${process.env.BASE}/api/lotsen/v1${path}`, { headers: { Authorization: person.token } });

test('who may begin a case for a child', async () => {
  const mother = await patient(number('1988-03-12'), 'Maja Moberg');
  const now = await advance('0s');
  const open = (born, more = {}) => mother.status('POST', '/cases', {
    region: 'demo', complaint: 'fever', dependant: { personalNumber: number(born, 239), guardian: true, ...more },
  });
  const baby = await open(new Date(now.getTime() - 200 * 24 * 3600 * 1000).toISOString().slice(0, 10));
  assert.equal(baby.status, 422);
  assert.equal(baby.body.data.reason.code, 'under_one_year');
  assert.match(baby.body.message + baby.body.data.reason.message, /1177/);
  const teen = await open(turns13In(-1, now));
  assert.equal(teen.status, 422);
  assert.equal(teen.body.data.reason.code, 'guardian_age_limit');
  const stranger = await open(turns13In(900, now), { guardian: false });
  assert.equal(stranger.status, 422);
  assert.equal(stranger.body.data.reason.code, 'not_guardian');
});

test('a guardian whom nobody has verified reads nothing after the end; a verified one does', async () => {
  const father = await patient(number('1979-07-01'), 'Filip Frisk');
  const other = await patient(number('1981-08-15'), 'Ofelia Olin');
  const dependant = { personalNumber: number('2020-02-29'), name: 'Kim Frisk', guardian: true };
  const first = await arrive(father, { dependant });
  const { items } = await nurse.get(`/queues/${queue.id}/cases`);
  const row = items.find((item) => item.id === first.id);
  assert.ok(row.marks.includes('proxy'), JSON.stringify(row));
  const record = await father.pb.collection('cases').getOne(first.id);
  assert.equal(record.guardian, father.id);
  assert.notEqual(record.patient, father.id);

  const also = await begin(other, { dependant });
  assert.notEqual(also, first.id, 'the other guardian learns nothing of the case that there is: not even by a refusal');
  assert.deepEqual(await sees(father, also), []);
  assert.deepEqual(await sees(other, first.id), []);

  const stream = await father.listen(`lotsen/cases/${first.id}`);
  await take(first.id);
  await father.say(first.id, 'Kim har ont');
  const summary = await nurse.get(`/cases/${first.id}/summary`);
  assert.equal(summary.patient.guardian.verified, false);
  await close(first.id);
  await stream.type('refused', 2000);
  assert.deepEqual(await sees(father, first.id), [], 'unverified, after the end');
  assert.equal((await father.status('POST', `/cases/${first.id}/feedback`, { rating: 5 })).status, 404);

  const second = await arrive(father, { dependant });
  await take(second.id);
  await nurse.put(`/cases/${second.id}/guardian`, { verified: true });
  await close(second.id);
  const closed = await father.pb.collection('cases').getOne(second.id);
  assert.equal(closed.advice, 'Vila.', 'verified, after the end');
  await father.post(`/cases/${second.id}/feedback`, { rating: 4 });
  assert.deepEqual(await sees(other, second.id), []);
  assert.deepEqual(await sees(father, first.id), [], 'what ended before stays closed');
});

test('a blocked guardian sees nothing from then on', async () => {
  const blocked = await patient(number('1992-05-05'), 'Bertil Brand');
  const dependant = { personalNumber: number('2019-09-09'), guardian: true };
  const { id } = await arrive(blocked, { dependant });
  const stream = await blocked.listen(`lotsen/cases/${id}`);
  const place = await blocked.listen(`lotsen/cases/${id}/queue`);
  const { watch } = await blocked.get(`/cases/${id}/queue`);
  await take(id);
  assert.equal((await nurse.status('PUT', `/cases/${id}/guardian`, { blocked: true })).status, 400, 'a block needs a reason');
  await nurse.put(`/cases/${id}/guardian`, { blocked: true, reason: 'a court has said so' });
  await Promise.all([stream.type('refused', 1000), place.type('refused', 1000)]);
  assert.deepEqual(await sees(blocked, id), []);
  assert.equal((await send(watch, 'GET', `/cases/${id}/queue`)).status, 401, 'the watch token ends with the right');
  await refused(blocked.say(id, 'hallå'), 400);
  const again = await blocked.status('POST', '/cases', { region: 'demo', complaint: 'cough', dependant });
  assert.equal(again.status, 422);
  assert.equal(again.body.data.reason.code, 'not_guardian');
  await close(id);
});

test('the right ends on the 13th birthday, with a stream open', async () => {
  const parent = await patient(number('1984-12-24'), 'Petra Palm');
  const now = await advance('0s');
  const [born, days] = [1, 2, 3].map((ahead) => [turns13In(ahead, now), ahead]).find(([date]) => !Number.isNaN(Date.parse(date)));
  const childs = number(born);
  const { id } = await arrive(parent, { dependant: { personalNumber: childs, name: 'Tove Palm', guardian: true } });
  const stream = await parent.listen(`lotsen/cases/${id}`);
  const seen = await nurse.listen(`lotsen/cases/${id}`);
  assert.ok((await sees(parent, id)).includes('view'));
  await advance(`${24 * (days + 1)}h`);
  await stream.type('refused', 2000);
  assert.deepEqual(await sees(parent, id), []);
  assert.equal((await parent.status('POST', '/cases', {
    id: newId(), region: 'demo', complaint: 'fever', dependant: { personalNumber: childs, guardian: true },
  })).body.data.reason.code, 'guardian_age_limit');
  assert.ok(!seen.events.some((event) => event.type === 'refused'), 'staff go on');
  assert.equal((await nurse.pb.collection('cases').getOne(id)).state, 'waiting', 'the case goes on');

  const tove = await patient(childs, 'Tove Palm');
  assert.equal((await tove.pb.collection('cases').getOne(id)).patient, tove.id, 'the child reads it now');
  await take(id);
  await tove.post(`/cases/${id}/here`, {});
  await tove.say(id, 'Nu är jag tretton');
  await begin(tove, { complaint: 'cough' });
});
