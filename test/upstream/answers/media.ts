import { created, json, type AdaptedCall, type Surface } from './answer.ts';

/** POST /images/generations, /images/edits, /images/variations: the smallest PNG there is. */
export const images: Surface = (asked, said) => {
  const data =
    asked.fields['response_format'] === 'url' ? { url: 'http://127.0.0.1/image.png' } : { b64_json: pixel };
  return json({ created, data: said.text.length > 0 ? [data] : [], received: echo(asked) });
};

/** POST /audio/speech: bytes of every value, no text, so that nothing may decode them on the way. */
export const speech: Surface = () => ({ contentType: 'audio/mpeg', whole: speechBytes });

/** POST /audio/transcriptions, /audio/translations: the text, and what the multipart body held. */
export const transcription: Surface = (asked, { text }) => {
  if (asked.fields['response_format'] === 'text') return { contentType: 'text/plain', whole: text.join('') };
  return json({ text: text.join(''), received: echo(asked) });
};

function echo({ request, fields }: AdaptedCall) {
  const files = request.form?.files ?? [];
  return {
    fields,
    files: files.map(({ field, filename, type, bytes }) => ({ field, filename, type, size: bytes.length })),
  };
}

/** What POST /audio/speech answers. */
export const speechBytes = Buffer.from(Array.from({ length: 4096 }, (_value, index) => index % 256));

const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
