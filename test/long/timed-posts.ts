// The other side of `enumeration.ts`, in a process of its own: what the server does after its answer must not delay the reader.
import { createPhone } from '../helpers/phone.ts';

export interface TimedPost {
  path: string;
  fields: Record<string, string>;
}

const phone = createPhone(process.argv[2] ?? '');
const csrf = /name="csrf" value="([^"]+)"/.exec((await phone.open('/account/sign-in')).text)?.[1] ?? '';

process.on('message', async ({ path, fields }: TimedPost) => {
  const begun = performance.now();
  await phone.post(path, { csrf, ...fields });
  process.send?.(performance.now() - begun);
});
