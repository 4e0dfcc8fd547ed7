// What a confirm sheet says of the browser that asks. The value is the browser's own claim: only names from these lists
// are ever shown, never the text that was sent.
export interface Browser {
  name: string;
  system?: string;
}

// In this order: Edge and Opera also call themselves Chrome, and all of them Safari.
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bTokenIM\b|\btokenim-cli\b/i, 'TokenIM'],
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOpera\b/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bMicroMessenger\//, 'WeChat'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\bWindows\b/, 'Windows'],
  [/\bAndroid\b/, 'Android'],
  [/\biPad\b/, 'iPadOS'],
  [/\biPhone\b/, 'iOS'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** The browser and system that a User-Agent (RFC 9110 §10.1.5) claims; `undefined` when the browser is none we know. */
export function parseUserAgent(userAgent: string | undefined): Browser | undefined {
  const name = firstMatch(BROWSERS, userAgent ?? '');
  if (name === undefined) return undefined;
  const system = firstMatch(SYSTEMS, userAgent ?? '');
  return system === undefined ? { name } : { name, system };
}

const firstMatch = (table: readonly (readonly [RegExp, string])[], text: string): string | undefined =>
  table.find(([pattern]) => pattern.test(text))?.[1];
