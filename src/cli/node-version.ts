// The one line that users of an old Node.js see, and the silence about the rest: oidc-provider has a warning of its own.

/** Node.js 20 works, but nobody repairs it any more. */
export function nodeWarning(version: string): string | undefined {
  if (Number.parseInt(version, 10) >= 22) return undefined;
  return `Node.js ${version} gets no security updates any more; Node.js 24 is recommended.`;
}

/** Loads a module that says at import which runtimes it knows; what else it says is let through. */
export async function withoutRuntimeWarning<T>(load: () => Promise<T>): Promise<T> {
  const { warn } = console;
  console.warn = (...words: unknown[]) => {
    if (!words.some((word) => String(word).includes('Unsupported runtime'))) warn(...words);
  };
  try {
    return await load();
  } finally {
    console.warn = warn;
  }
}
