import { bytes } from '../../format/numbers.ts';
import { toast } from '../../shell/toast.ts';

/** bytes; data: URLs are a third longer, and all pictures are sent with each following turn */
const MOST = 8_000_000;

/** The pictures among files, as data: URLs. A file that is none, or too large, is reported. */
export async function readPictures(files: Iterable<File>): Promise<readonly string[]> {
  const read = await Promise.all([...files].map(readPicture));
  return read.filter((url) => url !== undefined);
}

async function readPicture(file: File): Promise<string | undefined> {
  if (!file.type.startsWith('image/')) return refuse(file, 'It is not a picture.');
  if (file.size > MOST)
    return refuse(file, `It has ${bytes(file.size)}; at most ${bytes(MOST)} can be sent.`);
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result as string));
    reader.addEventListener('error', () => resolve(refuse(file, 'It could not be read.')));
    reader.readAsDataURL(file);
  });
}

function refuse({ name }: File, why: string): undefined {
  toast({ tone: 'bad', title: `${name} was not attached`, detail: why });
}
