// Line icons of the pages, drawn on a 24-unit grid in the colour of the text. They only accompany words, so screen
// readers skip them.
const shapes = {
  alert: 'M12 4 2.8 19.5h18.4L12 4Zm0 6v4.5m0 2.6v.1',
  check: 'm5 12.5 4.6 4.5L19 7.5',
  clock: 'M12 7.5V12l3 2m6-2a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z',
  code: 'M3.5 7.5v9a2 2 0 0 0 2 2h13a2 2 0 0 0 2-2v-9a2 2 0 0 0-2-2h-13a2 2 0 0 0-2 2Zm4 3.5v2m4.5-2v2m4.5-2v2',
  cross: 'm6.5 6.5 11 11m0-11-11 11',
  key: 'M12 15.5a4.25 4.25 0 1 1-8.5 0 4.25 4.25 0 0 1 8.5 0Zm-1.2-3L20 3.3m-4.2 4.2 2.7 2.7M13 10.3l1.8 1.8',
  mail: 'M4 6h16v12H4V6Zm0 .6 8 6.4 8-6.4',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.5 8c.6-3.6 3.7-5.5 7.5-5.5s6.9 1.9 7.5 5.5',
  phone: 'M8 3h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 21H8a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 8 3Zm3 15h2',
  question: 'M9 9.2A3 3 0 0 1 12 6.5c1.7 0 3 1.1 3 2.7 0 2.3-3 2.4-3 4.8m0 3.4v.1',
  shield: 'M12 3 4.5 6v5.5c0 4.6 3.1 8 7.5 9.5 4.4-1.5 7.5-4.9 7.5-9.5V6L12 3Zm-3.2 9 2.3 2.3 4.2-4.4',
} as const;

export type IconName = keyof typeof shapes;

export const Icon = ({ name }: { name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
    <path d={shapes[name]} />
  </svg>
);
