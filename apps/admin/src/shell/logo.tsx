import { strings } from '../strings.ts';

export function Logo() {
  return (
    <span className="flex items-center gap-2 font-semibold tracking-tight">
      <img src="/favicon.svg" alt="" width={22} height={22} />
      {strings.product}
    </span>
  );
}
