// A page that nobody sees asks nothing: prefetched, prerendered and background pages wait here.

/** Resolves at once when the page is on screen, else when it comes there. */
export function pageVisible() {
  if (isVisible()) return Promise.resolve();
  return new Promise((resolve) => {
    const check = () => {
      if (!isVisible()) return;
      document.removeEventListener('visibilitychange', check);
      document.removeEventListener('prerenderingchange', check);
      resolve();
    };
    document.addEventListener('visibilitychange', check);
    document.addEventListener('prerenderingchange', check);
  });
}

const isVisible = () => document.visibilityState === 'visible' && !document.prerendering;
