// The order in which `logout-sender.ts` sends: each application has a line and few places of its own, so that one which is slow,
// dead or hostile holds nobody up but itself.
import type { Waiting } from './logout-notices.ts';

const PLACES = 32;
const PLACES_EACH = 2;

interface Line {
  ids: Set<string>;
  /** How many are being sent. */
  active: number;
}

export type LogoutLines = ReturnType<typeof createLogoutLines>;

/** `work` never rejects. */
export function createLogoutLines(work: (waiting: Waiting) => Promise<void>) {
  const lines = new Map<string, Line>();
  const active = new Set<Promise<void>>();
  let closed = false;

  function begin(clientId: string, line: Line, id: string): void {
    line.ids.delete(id);
    line.active++;
    // Whose turn it was is the last from now on.
    lines.delete(clientId);
    lines.set(clientId, line);
    const working = work({ id, clientId }).finally(() => {
      active.delete(working);
      line.active--;
      if (line.active === 0 && line.ids.size === 0) lines.delete(clientId);
      fill();
    });
    active.add(working);
  }

  function fill(): void {
    for (const [clientId, line] of lines) {
      if (closed || active.size >= PLACES) return;
      const [next] = line.ids;
      if (next !== undefined && line.active < PLACES_EACH) begin(clientId, line, next);
    }
  }

  return {
    /** To be sent when it is its turn; once, however often it is added until then. */
    add({ id, clientId }: Waiting): void {
      const line = lines.get(clientId) ?? { ids: new Set(), active: 0 };
      lines.set(clientId, line);
      line.ids.add(id);
      fill();
    },

    /** Begins nothing more, and waits for what is being sent. */
    async close(): Promise<void> {
      closed = true;
      await Promise.all(active);
    },
  };
}
