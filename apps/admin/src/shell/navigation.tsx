import { Link } from '@tanstack/react-router';
import {
  ChartColumn,
  Film,
  HandCoins,
  LayoutDashboard,
  KeyRound,
  ScrollText,
  ShieldCheck,
  Tags,
  Trash2,
  Users,
} from 'lucide-react';
import { strings } from '../strings.ts';

export const destinations = [
  { to: '/', key: 'o', label: strings.nav.overview, icon: LayoutDashboard },
  { to: '/usage', key: 'u', label: strings.nav.usage, icon: ChartColumn },
  { to: '/videos', key: 'v', label: strings.nav.videos, icon: Film },
  { to: '/deleted-videos', key: 'd', label: strings.nav.deletedVideos, icon: Trash2 },
  { to: '/refunds', key: 'r', label: strings.nav.refunds, icon: HandCoins },
  { to: '/accounts', key: 'a', label: strings.nav.accounts, icon: Users },
  { to: '/audit', key: 'l', label: strings.nav.audit, icon: ScrollText },
  { to: '/staff', key: 's', label: strings.nav.staff, icon: ShieldCheck },
  { to: '/keys', key: 'k', label: strings.nav.keys, icon: KeyRound },
  { to: '/prices', key: 'p', label: strings.nav.prices, icon: Tags },
] as const;

/** The pages of the desk; the same list in the side bar and in the menu of narrow screens. */
export function Navigation({ onNavigate }: { onNavigate?: () => void }) {
  return (
    <nav aria-label={strings.shell.navigation}>
      <ul className="flex flex-col gap-0.5">
        {destinations.map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <Link
              to={to}
              {...(onNavigate && { onClick: onNavigate })}
              activeOptions={{ includeSearch: false, exact: to === '/' }}
              className="flex h-8 items-center gap-2.5 rounded-md px-2.5 text-sm font-medium text-muted transition-colors hover:bg-hover hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent-strong max-lg:h-10"
            >
              <Icon aria-hidden className="size-4" />
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
