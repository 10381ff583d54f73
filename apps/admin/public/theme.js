// Before the first paint, so that no page flashes in the wrong theme; src/theme.ts takes over from here.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem('reeldesk.theme');
  } catch {
    // Storage may be closed to the page; then the system decides.
  }
  const isDark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
})();
