// The address at which an act of administration is asked once more, and where it leads back to.
export const actHref = (act: string, what: Readonly<Record<string, string>>, returnTo: string): string =>
  `/admin/act/${act}?${new URLSearchParams({ ...what, return_to: returnTo })}`;
