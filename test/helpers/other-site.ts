// A web site of somebody else: plain files on an origin of its own, under a policy of its own.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OtherSite {
  origin: string;
  /** From now on the page at `path`; `policy` is its Content-Security-Policy. */
  serve(path: string, file: { body: string; type?: string; policy?: string }): void;
  stop(): Promise<void>;
}

export async function startOtherSite(): Promise<OtherSite> {
  const files = new Map<string, { body: string; type?: string; policy?: string }>();
  const server = createServer((request, response) => {
    const file = files.get(new URL(request.url ?? '/', 'http://other').pathname);
    response.writeHead(file ? 200 : 404, {
      'Content-Type': file?.type ?? 'text/html; charset=utf-8',
      ...(file?.policy !== undefined && { 'Content-Security-Policy': file.policy }),
    });
    response.end(file?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    serve: (path, file) => void files.set(path, file),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
