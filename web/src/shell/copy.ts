import { toast } from './toast.ts';

/** Copies a text to the clipboard and confirms it, or says what to do instead. */
export async function copyText(text: string, what = 'Copied'): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast({ tone: 'well', title: what });
  } catch {
    // Browsers refuse it to pages that came over plain http from elsewhere.
    toast({ tone: 'bad', title: 'This browser does not let pages copy; select the text instead' });
  }
}
