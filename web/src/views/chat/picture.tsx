/** A picture inside the answer; one at a URL is only named, because this page fetches nothing from elsewhere. */
export function Picture({ url, says = '' }: { readonly url: string; readonly says?: string }) {
  if (/^data:image\//i.test(url))
    return (
      <img
        src={url}
        alt={says || 'a picture without a description'}
        className="max-h-96 max-w-full rounded-md border object-contain"
      />
    );
  if (/^https?:/i.test(url))
    return (
      <a href={url} target="_blank" rel="noreferrer noopener" className="text-accent underline">
        Picture{says && `: ${says}`} ({new URL(url).host})
      </a>
    );
  return says;
}
