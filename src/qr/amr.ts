// How a person who scanned has signed in (RFC 8176): as on the phone, and by a code. `qr` is not registered; it tells
// applications that the proof was given on another device, so that they can ask for more where that matters.

/** The approver's methods and `qr`, each once. */
export const amrOfScan = (amr: readonly string[]): string[] => [...new Set([...amr, 'qr'])];
