import { Tabs } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

interface TabLinksProps<Value extends string> {
  label: string;
  current: Value;
  tabs: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
  children: ReactNode;
}

/** Tabs whose choice lives in the address; only the current one's content is drawn. */
export function TabLinks<Value extends string>({ label, current, tabs, onChange, children }: TabLinksProps<Value>) {
  return (
    <Tabs.Root value={current} onValueChange={(value) => onChange(value as Value)} className="flex flex-1 flex-col">
      <Tabs.List aria-label={label} className="relative flex gap-5 border-b border-line px-5">
        {tabs.map((tab) => (
          <Tabs.Tab
            key={tab.value}
            value={tab.value}
            className="h-9 rounded-t-sm text-sm font-medium text-muted hover:text-ink data-active:text-ink"
          >
            {tab.label}
          </Tabs.Tab>
        ))}
        <Tabs.Indicator className="absolute bottom-[-1px] left-(--active-tab-left) h-0.5 w-(--active-tab-width) bg-accent transition-[left,width] duration-150" />
      </Tabs.List>
      <Tabs.Panel value={current} tabIndex={-1} className="flex flex-1 flex-col">
        {children}
      </Tabs.Panel>
    </Tabs.Root>
  );
}
