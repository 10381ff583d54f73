import { strings } from '../strings.ts';
import { Dialog, DialogBody } from '../ui/dialog.tsx';
import { destinations } from './navigation.tsx';
import { useShortcutsSetting } from './use-shortcuts.ts';

const shortcuts: { keys: string[]; what: string }[] = [
  { keys: ['/'], what: strings.shortcuts.search },
  ...destinations.map(({ key, label }) => ({ keys: ['g', key], what: strings.shortcuts.goTo(label) })),
  { keys: ['?'], what: strings.shortcuts.help },
];

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const [areOn, switchShortcuts] = useShortcutsSetting();
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="sm"
      title={strings.shortcuts.title}
      description={strings.shortcuts.description}
    >
      <DialogBody>
        <dl className="flex flex-col divide-y divide-line">
          {shortcuts.map(({ keys, what }) => (
            <div key={what} className="flex items-center justify-between py-1.5 text-sm">
              <dt>{what}</dt>
              <dd className="flex items-center gap-1.5 text-xs text-muted">
                {keys.map((key, index) => (
                  <span key={key} className="flex items-center gap-1.5">
                    {index > 0 && strings.shortcuts.andThen}
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
              {strings.shortcuts.enabled}
            </label>
            <p id="shortcuts-hint" className="text-xs text-muted">
              {strings.shortcuts.enabledHint}
            </p>
          </div>
        </div>
      </DialogBody>
    </Dialog>
  );
}
