import t from 'tap';
import { FormWalk, formField, withFormField } from '../../../wire/body/multipart.ts';

const BOUNDARY = 'X-1';
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

const part = (head: string, value: string, boundary = BOUNDARY): string =>
  `--${boundary}\r\n${head}\r\n\r\n${value}\r\n`;
const field = (name: string, value: string): string =>
  part(`Content-Disposition: form-data; name="${name}"`, value);
const form = (...parts: string[]): Buffer => Buffer.from(`${parts.join('')}--${BOUNDARY}--\r\n`, 'latin1');
const FILE = part(
  'Content-Disposition: form-data; name="file"; filename="model"\r\nContent-Type: audio/wav',
  '\0\xff\r\n\r\n--\r\n',
);

function setFormField(body: Buffer, type: string, name: string, value: string): Buffer {
  return Buffer.concat(withFormField(body, type, name, value, formField(body, type, name)));
}

function valueOf(body: Buffer, name: string, type = TYPE): string | undefined {
  const span = formField(body, type, name);
  const walk = new FormWalk(type, [name, 'none']);
  for (let end = 1; end <= body.length; end++) walk.advance(body.subarray(0, end));
  if (walk.fields.get(name)?.start !== span?.start || walk.fields.get(name)?.end !== span?.end)
    throw new Error('byte by byte it is another one');
  return span && body.toString('utf8', span.start, span.end);
}

t.test("a field's value is found before, between and behind files", (t) => {
  for (const parts of [
    [field('model', 'm'), FILE],
    [FILE, field('model', 'm')],
    [FILE, field('model', 'm'), FILE],
    [field('other', 'x'), field('model', 'm'), field('modeling', 'y')],
  ]) {
    t.equal(valueOf(form(...parts), 'model'), 'm');
  }
  t.equal(valueOf(form(field('model', '')), 'model'), '');
  t.equal(valueOf(form(field('model', 'two\r\nlines')), 'model'), 'two\r\nlines');
  t.equal(valueOf(form(FILE), 'model'), undefined, "a file's name is no field's");
  t.equal(valueOf(form(), 'model'), undefined);
  t.end();
});

t.test('heads and boundaries may be written in many ways', (t) => {
  for (const head of [
    'content-disposition: form-data; name="model"',
    'Content-Disposition:form-data;name="model"',
    'Content-Disposition: form-data; name=model',
    'Content-Type: text/plain\r\nContent-Disposition: form-data; name="model"',
    'CONTENT-DISPOSITION: form-data; NAME="model"\r\nContent-Type: text/plain; charset=utf-8',
  ]) {
    t.equal(valueOf(form(part(head, 'm')), 'model'), 'm', head);
  }
  for (const type of [
    `multipart/form-data; boundary="${BOUNDARY}"`,
    `multipart/form-data; charset=utf-8; BOUNDARY=${BOUNDARY}; x=y`,
  ]) {
    t.equal(valueOf(form(field('model', 'm')), 'model', type), 'm', type);
  }
  t.end();
});

t.test('a body that is no form, or was cut off, has no field', (t) => {
  const body = form(field('model', 'm'), FILE);
  t.equal(valueOf(body, 'model', 'multipart/form-data'), undefined, 'no boundary is named');
  t.equal(valueOf(body, 'model', 'multipart/form-data; boundary=other'), undefined);
  t.equal(valueOf(Buffer.alloc(0), 'model'), undefined);
  const cut = form(FILE, field('model', 'm')).subarray(0, -8);
  t.equal(valueOf(cut, 'model'), undefined);
  t.end();
});

t.test('a boundary inside the bytes of a file is none: it stands at the beginning of a line', (t) => {
  const inside = part(
    'Content-Disposition: form-data; name="file"; filename="a"',
    `in a line --${BOUNDARY}\r\nContent-Disposition: form-data; name="model"\r\n\r\nwrong\r\n`,
  );
  t.equal(valueOf(form(inside, field('model', 'right')), 'model'), 'right');
  t.end();
});

t.test('a value is replaced and every other byte stays', (t) => {
  const body = form(FILE, field('model', 'old'), FILE);
  t.ok(
    setFormField(body, TYPE, 'model', 'Grüße').equals(
      form(FILE, field('model', Buffer.from('Grüße').toString('latin1')), FILE),
    ),
  );
  t.ok(setFormField(body, TYPE, 'model', '').equals(form(FILE, field('model', ''), FILE)));
  const added = setFormField(body, TYPE, 'absent', 'x');
  t.equal(valueOf(added, 'absent'), 'x', 'what is absent comes first');
  t.ok(added.subarray(-body.length).equals(body));
  t.ok(setFormField(body, 'multipart/form-data', 'absent', 'x').equals(body));
  t.end();
});

t.test('a real parser reads what the walk reads and writes', async (t) => {
  const sent = new FormData();
  sent.append('file', new Blob([Buffer.from([0, 13, 10, 45, 45, 255])]), 'a "quoted".wav');
  sent.append('model', 'whisper-1');
  sent.append('language', 'de');
  const request = new Response(sent);
  const type = request.headers.get('content-type')!;
  const body = Buffer.from(await request.arrayBuffer());
  t.equal(valueOf(body, 'model', type), 'whisper-1');
  const changed = setFormField(body, type, 'model', 'another');
  const read = await new Response(new Uint8Array(changed), { headers: { 'content-type': type } }).formData();
  t.strictSame([read.get('model'), read.get('language')], ['another', 'de']);
  t.strictSame(
    Buffer.from(await (read.get('file') as File).arrayBuffer()),
    Buffer.from([0, 13, 10, 45, 45, 255]),
  );
});
