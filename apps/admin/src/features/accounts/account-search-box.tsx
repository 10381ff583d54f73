import { Search } from 'lucide-react';
import { useState } from 'react';
import { useIsAdmin } from '../../session.ts';
import { accountsStrings } from '../../strings/accounts.ts';
import { Button } from '../../ui/button.tsx';
import { Input } from '../../ui/input.tsx';

interface AccountSearchBoxProps {
  search: string | undefined;
  onSearch: (text: string | undefined) => void;
}

/** Searches on Enter: what is found stands in the address. */
export function AccountSearchBox({ search, onSearch }: AccountSearchBoxProps) {
  const isAdmin = useIsAdmin();
  const [text, setText] = useState(search ?? '');
  const submit = (event: { preventDefault: () => void }) => {
    event.preventDefault();
    onSearch(text.trim() || undefined);
  };
  return (
    <search className="w-full max-w-96">
      <form onSubmit={submit} className="flex gap-2">
        <div className="relative flex-1">
          <Search aria-hidden className="pointer-events-none absolute top-2.5 left-2.5 size-3.5 text-muted" />
          <Input
            type="search"
            aria-label={accountsStrings.search}
            placeholder={isAdmin ? accountsStrings.searchPlaceholder : accountsStrings.searchPlaceholderAnalyst}
            value={text}
            maxLength={200}
            onChange={(event) => setText(event.target.value)}
            className="pl-8!"
          />
        </div>
        <Button type="submit">{accountsStrings.searchSubmit}</Button>
      </form>
    </search>
  );
}
