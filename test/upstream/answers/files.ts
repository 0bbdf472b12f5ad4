import { created, freshId, json, notFound, type Surface } from './answer.ts';

/** POST /files: keeps the upload while the upstream lives. */
export const upload: Surface = ({ request, fields, uploads }) => {
  const [sent] = request.form?.files ?? [];
  const bytes = sent?.bytes ?? request.body;
  const file = {
    id: freshId('file-'),
    object: 'file',
    bytes: bytes.length,
    created_at: created,
    filename: sent?.filename ?? 'body',
    purpose: fields['purpose'] ?? 'user_data',
    status: 'processed',
  };
  uploads.set(file.id, { file, bytes });
  return json(file);
};

/** GET /files */
export const listFiles: Surface = ({ uploads }) => {
  const ids = [...uploads.keys()];
  return json({
    object: 'list',
    data: [...uploads.values()].map(({ file }) => file),
    first_id: ids.at(0) ?? '',
    last_id: ids.at(-1) ?? '',
    has_more: false,
  });
};

/** GET /files/ID */
export const oneFile: Surface = ({ uploads, params: { id = '' } }) => {
  const found = uploads.get(id);
  return found ? json(found.file) : notFound(`No such File object: ${id}`);
};

/** GET /files/ID/content */
export const fileContent: Surface = ({ uploads, params: { id = '' } }) => {
  const found = uploads.get(id);
  return found
    ? { contentType: 'application/octet-stream', whole: found.bytes }
    : notFound(`No such File object: ${id}`);
};

/** DELETE /files/ID */
export const deleteFile: Surface = ({ uploads, params: { id = '' } }) =>
  uploads.delete(id) ? json({ id, object: 'file', deleted: true }) : notFound(`No such File object: ${id}`);
