// A page that nobody sees asks nothing: prefetched, prerendered and background pages wait here.

/** Resolves at once when the page is on screen, else when it comes there. */
export const pageVisible = () => until(isVisible);

/** Resolves at once when the page is not on screen, else when it leaves it. */
export const pageHidden = () => until(() => !isVisible());

function until(isSo) {
  if (isSo()) return Promise.resolve();
  return new Promise((resolve) => {
    const check = () => {
      if (!isSo()) return;
      document.removeEventListener('visibilitychange', check);
      document.removeEventListener('prerenderingchange', check);
      resolve();
    };
    document.addEventListener('visibilitychange', check);
    document.addEventListener('prerenderingchange', check);
  });
}

const isVisible = () => document.visibilityState === 'visible' && !document.prerendering;
