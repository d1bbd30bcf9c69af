// Tells go test how each of node's tests has ended: one JSON object a line.
const line = (kind, { name, nesting, details, file }, error) =>
  JSON.stringify({ kind, name, nesting, file, suite: details?.type === 'suite', error }) + '\n';

export default async function* (source) {
  for await (const { type, data } of source) {
    if (type === 'test:start') yield line('start', data);
    if (type === 'test:pass') yield line(data.skip !== undefined || data.todo !== undefined ? 'skip' : 'pass', data);
    if (type === 'test:fail') yield line('fail', data, String(data.details.error.cause?.stack ?? data.details.error.cause ?? data.details.error));
  }
}
