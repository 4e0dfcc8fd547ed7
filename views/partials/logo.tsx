// The product's mark, a message bubble with a keyhole, and its name beside it. `assets/icon.svg` is the same mark for
// the browser's tab.
export const Logo = () => (
  <span class="logo">
    <svg class="logo-mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
      <path
        class="logo-bubble"
        d="M8 3h16a6 6 0 0 1 6 6v10a6 6 0 0 1-6 6h-8.2l-6.1 4.6c-.7.5-1.7 0-1.7-.9V25a6 6 0 0 1-6-6V9a6 6 0 0 1 6-6Z"
      />
      <path
        class="logo-keyhole"
        d="M16 8.2a3.6 3.6 0 0 1 1.9 6.7l1.2 4.4a.6.6 0 0 1-.6.8h-5a.6.6 0 0 1-.6-.8l1.2-4.4A3.6 3.6 0 0 1 16 8.2Z"
      />
    </svg>
    <span class="logo-name">
      Token<b>IM</b>
    </span>
  </span>
);
