// Before the first paint, so that a chosen theme never flashes in as the other one.
try {
  const chosen = localStorage.getItem('switchyard.theme');
  if (chosen === 'dark' || chosen === 'light') document.documentElement.dataset.theme = chosen;
} catch {
  // A browser that keeps nothing follows the system.
}
