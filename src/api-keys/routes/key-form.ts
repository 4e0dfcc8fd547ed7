// The forms of developer settings, read strictly: what a browser cannot have sent is `body_malformed`.
import { DomainError } from '../../lib/errors.ts';
import type { NewApiKey, Rotation } from '../issue.ts';

const DAY = 86_400;
const SCOPE_FIELD = 'scope:';

type Form = Readonly<Record<string, string>>;

/** A new key. Nothing ticked is nothing, and refused later: a person chooses what a key may do. */
export function readKeyForm(form: Form): Partial<NewApiKey> & { name: string } {
  const { name = '', owner, addresses = '', resource = '' } = form;
  const expiresIn = wholeNumber(form['days']);
  return {
    name,
    scopes: Object.keys(form).flatMap((field) =>
      field.startsWith(SCOPE_FIELD) ? [field.slice(SCOPE_FIELD.length)] : [],
    ),
    ...(owner !== undefined && { ownerId: owner }),
    ...(expiresIn !== undefined && { expiresIn: expiresIn * DAY }),
    ...(addresses.trim() !== '' && { addresses: addresses.split(/[\s,;，；、]+/).filter(Boolean) }),
    ...(resource !== '' && { resource }),
  };
}

export function readRotationForm(form: Form): Rotation {
  const hours = wholeNumber(form['overlap']);
  const days = wholeNumber(form['days']);
  return {
    ...(hours !== undefined && { overlap: hours * 3600 }),
    ...(days !== undefined && { expiresIn: days * DAY }),
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,5}$/.test(text)) throw new DomainError('invalid', 'body_malformed');
  return Number(text);
}
