import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';

interface Props {
  readonly pictures: readonly string[];
  readonly remove: (index: number) => void;
}

/** The pictures of the next message. */
export function Attached({ pictures, remove }: Props) {
  if (pictures.length === 0) return null;
  return (
    <ul aria-label="Attached pictures" className="flex flex-wrap gap-2">
      {pictures.map((url, index) => (
        <li key={index} className="relative">
          <img src={url} alt={`attached, ${index + 1}`} className="size-16 rounded-md border object-cover" />
          <IconButton
            small
            look="plain"
            label={`Remove picture ${index + 1}`}
            onClick={() => remove(index)}
            className="absolute -top-1.5 -right-1.5"
          >
            <Icon name="close" />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}
