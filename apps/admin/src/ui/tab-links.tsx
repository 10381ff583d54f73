import { Tabs } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

interface TabLinksProps<Value extends string> {
  label: string;
  current: Value;
  /** `count` stands beside the label, and is spoken as `countLabel`. */
  tabs: readonly { value: Value; label: string; count?: string | undefined; countLabel?: string | undefined }[];
  onChange: (value: Value) => void;
  children: ReactNode;
}

/** Tabs whose choice lives in the address; only the current one's content is drawn. */
export function TabLinks<Value extends string>({ label, current, tabs, onChange, children }: TabLinksProps<Value>) {
  return (
    <Tabs.Root
      value={current}
      onValueChange={(value) => onChange(value as Value)}
      className="flex min-h-0 flex-1 flex-col"
    >
      <Tabs.List aria-label={label} className="relative flex shrink-0 gap-5 overflow-x-auto border-b border-line px-5">
        {tabs.map((tab) => (
          <Tabs.Tab
            key={tab.value}
            value={tab.value}
            className="flex h-9 shrink-0 items-center gap-1.5 rounded-t-sm text-sm font-medium whitespace-nowrap text-muted hover:text-ink data-active:text-ink"
          >
            {tab.label}
            {tab.count !== undefined && (
              <>
                <span aria-hidden className="rounded-sm bg-hover px-1.5 text-xs leading-5 text-muted tabular-nums">
                  {tab.count}
                </span>
                <span className="sr-only">{tab.countLabel ?? tab.count}</span>
              </>
            )}
          </Tabs.Tab>
        ))}
        <Tabs.Indicator className="absolute bottom-0 left-(--active-tab-left) h-0.5 w-(--active-tab-width) bg-accent transition-[left,width] duration-150" />
      </Tabs.List>
      <Tabs.Panel value={current} tabIndex={-1} className="flex min-h-0 flex-1 flex-col">
        {children}
      </Tabs.Panel>
    </Tabs.Root>
  );
}
