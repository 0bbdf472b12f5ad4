import { IconButton } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { setTheme, useTheme, type Theme } from './theme.ts';

const THEMES: readonly (readonly [Theme, string, IconName])[] = [
  ['system', 'Same as the system', 'screen'],
  ['light', 'Light', 'sun'],
  ['dark', 'Dark', 'moon'],
];

export function ThemeMenu() {
  const chosen = useTheme();
  const [, told, icon] = THEMES.find(([theme]) => theme === chosen) as (typeof THEMES)[number];
  return (
    <Menu
      trigger={
        <IconButton label={`Theme: ${told.toLowerCase()}`}>
          <Icon name={icon} />
        </IconButton>
      }
      items={THEMES.map(([theme, label, sign]) => ({
        label,
        icon: <Icon name={sign} />,
        onSelect: () => setTheme(theme),
      }))}
    />
  );
}
