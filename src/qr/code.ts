// The QR itself: upper case keeps it in alphanumeric mode (version 3 for usual issuers), level M, four modules of quiet
// zone, always dark on white so that every camera reads it.
import { toString as draw } from 'qrcode';

/** What the code holds: scheme, host and our `/d/` path are all case-insensitive. */
export const scannedText = (link: string): string => link.toUpperCase();

/** An SVG element without size; the page scales it. */
export const qrSvg = (link: string): Promise<string> =>
  draw(scannedText(link), {
    type: 'svg',
    errorCorrectionLevel: 'M',
    margin: 4,
    color: { dark: '#000000', light: '#ffffff' },
  });

/** As `qrSvg`, of a text whose case matters, such as an `otpauth:` address. */
export const plainQrSvg = (text: string): Promise<string> =>
  draw(text, { type: 'svg', errorCorrectionLevel: 'M', margin: 4, color: { dark: '#000000', light: '#ffffff' } });

/** For terminals; `inverse` suits dark backgrounds. */
export const qrText = (link: string): Promise<string> =>
  draw(scannedText(link), { type: 'terminal', small: true, errorCorrectionLevel: 'M' });
