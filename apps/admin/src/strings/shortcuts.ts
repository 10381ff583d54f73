/** The keys that lead somewhere. */
export const shortcutsStrings = {
  title: 'Keyboard shortcuts',
  description: 'They act anywhere but in a field you are typing in.',
  enabled: 'Shortcuts are on',
  enabledHint: 'Switch them off when they get in the way of your own tools. “?” is then off too.',
  search: 'Search accounts',
  help: 'Show this help',
  nextRow: 'Next row',
  previousRow: 'Row before',
  openRow: 'Open the row',
  newRows: 'Show new rows',
  notifications: 'Notifications, reached with F6',
  toNotifications: 'Go to the notifications',
  close: 'Close what is open',
  goTo: (page: string) => `Go to ${page}`,
  andThen: 'then',
};
