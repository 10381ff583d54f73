import { Monitor, Moon, Sun } from 'lucide-react';
import { strings } from '../strings.ts';
import { useTheme } from '../theme.ts';
import { Segmented } from '../ui/segmented.tsx';

const options = [
  { value: 'light', label: strings.shell.themes.light, icon: <Sun aria-hidden className="size-3.5" /> },
  { value: 'dark', label: strings.shell.themes.dark, icon: <Moon aria-hidden className="size-3.5" /> },
  { value: 'system', label: strings.shell.themes.system, icon: <Monitor aria-hidden className="size-3.5" /> },
] as const;

export function ThemeSwitch() {
  const [theme, setTheme] = useTheme();
  return <Segmented label={strings.shell.theme} value={theme} options={options} onChange={setTheme} isIconOnly />;
}
