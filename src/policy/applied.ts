// The configuration that was applied last, without secrets: what `config plan` compares files with, where no server answers.
// Processes that take another into force write it (`compose/reload.ts`), and so does `config apply`.
import { z } from 'zod';
import type { ConfigSnapshot } from '../config/snapshot.ts';
import type { Clock } from '../lib/clock.ts';
import { dictionary } from '../lib/dictionary.ts';
import { defineCollection, type Store, VersionConflict } from '../storage/port.ts';

const strings = z.array(z.string());
const section = <T extends z.ZodType>(entry: T) => z.record(z.string(), entry).transform(dictionary<z.output<T>>);

// Another release may have written it: what is missing is as if not written.
const snapshot = z.object({
  resources: section(z.looseObject({})),
  scopes: section(z.looseObject({})),
  roles: section(
    z.looseObject({
      default: z.boolean().default(false),
      includes: strings.default([]),
      scopes: strings.default([]),
      require_mfa: z.boolean().default(false),
    }),
  ),
  clients: section(z.looseObject({ grants: strings.default([]), scopes: strings.default([]) })),
  settings: section(z.unknown()),
});

const appliedRecord = z.object({
  digest: z.string(),
  /** Counts up with each change. */
  generation: z.number(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** `operator`, or `server` for a process that started with other files. */
  by: z.string(),
  snapshot,
});

export interface AppliedConfig {
  digest: string;
  generation: number;
  at: number;
  by: string;
  snapshot: ConfigSnapshot;
}

const appliedCollection = defineCollection({ name: 'applied_config', schema: appliedRecord, durable: true });
const ID = 'current';

export type AppliedConfigs = ReturnType<typeof createAppliedConfigs>;

export function createAppliedConfigs({ store, clock }: { store: Store; clock: Clock }) {
  const applied = appliedCollection(store, clock.now);

  async function find(): Promise<AppliedConfig | undefined> {
    const stored = await applied.get(ID);
    return stored && (stored.value as unknown as AppliedConfig);
  }

  return {
    /** Nothing before the first start. */
    find,

    /** False when another one was applied since `former` was read. */
    async replace(
      former: AppliedConfig | undefined,
      next: Pick<AppliedConfig, 'digest' | 'by' | 'snapshot'>,
    ): Promise<boolean> {
      const generation = (former?.generation ?? 0) + 1;
      const record = z.parse(appliedRecord, { ...next, generation, at: clock.now() });
      if (former) {
        const written = await applied.update(ID, (old) => (old.generation === former.generation ? record : undefined));
        return written?.value.digest === next.digest;
      }
      try {
        await applied.insert(ID, record);
        return true;
      } catch (error) {
        if (error instanceof VersionConflict) return false;
        throw error;
      }
    },
  };
}
