import { shortcutsStrings } from '../strings/shortcuts.ts';
import { strings } from '../strings.ts';
import { Dialog, DialogBody } from '../ui/dialog.tsx';
import { destinations } from './navigation.tsx';
import { useShortcutsSetting } from './use-shortcuts.ts';

const shortcuts: { keys: string[]; what: string }[] = [
  { keys: ['Ctrl/⌘ K'], what: strings.shell.goTo },
  { keys: ['/'], what: shortcutsStrings.search },
  ...destinations.map(({ key, label }) => ({ keys: ['g', key], what: shortcutsStrings.goTo(label) })),
  { keys: ['j'], what: shortcutsStrings.nextRow },
  { keys: ['k'], what: shortcutsStrings.previousRow },
  { keys: ['Enter'], what: shortcutsStrings.openRow },
  { keys: ['n'], what: shortcutsStrings.newRows },
  { keys: ['F6'], what: shortcutsStrings.toNotifications },
  { keys: ['Esc'], what: shortcutsStrings.close },
  { keys: ['?'], what: shortcutsStrings.help },
];

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const [areOn, switchShortcuts] = useShortcutsSetting();
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="sm"
      title={shortcutsStrings.title}
      description={shortcutsStrings.description}
    >
      <DialogBody>
        <dl className="flex flex-col divide-y divide-line">
          {shortcuts.map(({ keys, what }) => (
            <div key={what} className="flex items-center justify-between py-1.5 text-sm">
              <dt>{what}</dt>
              <dd className="flex items-center gap-1.5 text-xs text-muted">
                {keys.map((key, index) => (
                  <span key={key} className="flex items-center gap-1.5">
                    {index > 0 && shortcutsStrings.andThen}
                    <kbd className="inline-flex h-6 min-w-6 items-center justify-center rounded-sm border border-line bg-page px-1.5 font-mono text-ink">
                      {key}
                    </kbd>
                  </span>
                ))}
              </dd>
            </div>
          ))}
        </dl>
        <div className="flex items-start gap-2.5 pb-2 text-sm">
          <input
            id="shortcuts-on"
            type="checkbox"
            checked={areOn}
            onChange={(event) => switchShortcuts(event.target.checked)}
            aria-describedby="shortcuts-hint"
            className="mt-0.5 size-4 accent-accent"
          />
          <div>
            <label htmlFor="shortcuts-on" className="font-medium">
              {shortcutsStrings.enabled}
            </label>
            <p id="shortcuts-hint" className="text-xs text-muted">
              {shortcutsStrings.enabledHint}
            </p>
          </div>
        </div>
      </DialogBody>
    </Dialog>
  );
}
