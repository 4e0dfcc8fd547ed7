// Passkeys: asks the authenticator for what the form's options say, and sends its answer as the form (views/partials/passkey.tsx).
// WebAuthn Level 3; browsers without its JSON functions get the same conversion from here.
const BINARY_MEMBERS = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];

if (window.PublicKeyCredential !== undefined && navigator.credentials !== undefined) {
  for (const place of document.querySelectorAll('[data-passkey]')) run(place);
} else {
  for (const reason of document.querySelectorAll('[data-passkey-missing]')) reason.hidden = false;
}

async function run(place) {
  const { passkey: kind, options, offered } = place.dataset;
  const form = place.querySelector('form');
  const parsed = JSON.parse(options);
  const waiting = new AbortController();
  place.hidden = false;

  form.addEventListener('submit', async (event) => {
    if (form.elements.response.value !== '') return;
    event.preventDefault();
    waiting.abort();
    say(form, '');
    try {
      send(form, kind === 'create' ? await create(parsed) : await get(parsed));
    } catch (error) {
      fail(form, error);
    }
  });

  if (offered !== 'field' || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  try {
    send(form, await get(parsed, { mediation: 'conditional', signal: waiting.signal }));
  } catch {
    // Not chosen, or the button was pressed instead.
  }
}

const create = (options) => navigator.credentials.create({ publicKey: creationOptions(options) });
const get = (options, how = {}) => navigator.credentials.get({ publicKey: requestOptions(options), ...how });

function send(form, credential) {
  if (credential === null) return;
  form.elements.response.value = JSON.stringify(toJson(credential));
  form.requestSubmit();
}

/** Cancelling is no error, but says nothing either: the same sentence for both. */
function fail(form, error) {
  if (error?.name !== 'AbortError') say(form, form.querySelector('[data-failed]').dataset.failed);
}

function say(form, text) {
  form.querySelector('[data-failed]').textContent = text;
}

function creationOptions(options) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) {
    return PublicKeyCredential.parseCreationOptionsFromJSON(options);
  }
  return {
    ...options,
    challenge: toBytes(options.challenge),
    user: { ...options.user, id: toBytes(options.user.id) },
    excludeCredentials: (options.excludeCredentials ?? []).map(descriptor),
  };
}

function requestOptions(options) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return {
    ...options,
    challenge: toBytes(options.challenge),
    allowCredentials: (options.allowCredentials ?? []).map(descriptor),
  };
}

const descriptor = (one) => ({ ...one, id: toBytes(one.id) });

function toJson(credential) {
  if (credential.toJSON) return credential.toJSON();
  const { id, rawId, type, response, authenticatorAttachment } = credential;
  const members = BINARY_MEMBERS.filter((name) => response[name]).map((name) => [name, toText(response[name])]);
  const transports = response.getTransports?.();
  return {
    id,
    rawId: toText(rawId),
    type,
    authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { ...Object.fromEntries(members), ...(transports && { transports }) },
  };
}

function toBytes(base64url) {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function toText(buffer) {
  const text = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
