// Between the right password and the session: the sign-in begun is sealed into a cookie of this browser, for ten minutes, one place
// (our own page, or one application's request) and one use. `oidc/interactions/second.ts` has the other place.
import type { Context } from 'koa';
import { z } from 'zod';
import { secondStep, type SecondStepError } from '../../../views/accounts/second-step.tsx';
import type { ClientFace } from '../../../views/partials/client.tsx';
import { joinAmr } from '../../lib/amr.ts';
import type { Clock } from '../../lib/clock.ts';
import { randomToken } from '../../lib/random.ts';
import type { Sealer } from '../../lib/sealed.ts';
import { type Store, VersionConflict } from '../../storage/port.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import type { Login } from '../../web/session.ts';
import { browserOf, type FactorForms } from './factor-form.ts';

const LIFETIME_MS = 10 * 60 * 1000;
const DONE = { name: 'second-step-done', durable: false, listable: false };

/** Where the second step stands. */
export interface Place {
  /** Of the page and its form. */
  action: string;
  /** Of the cookie; begins the action. */
  path: string;
  /** Where the first step is. */
  beginHref: string;
}

const begunSchema = z.object({
  id: z.string(),
  accountId: z.string(),
  /** What was proved so far. */
  amr: z.array(z.string()),
  action: z.string(),
  browser: z.string(),
  /** See `standingOf`. */
  standing: z.string(),
  returnTo: z.string().exactOptional(),
  until: z.number(),
});

type Begun = z.infer<typeof begunSchema>;

/** `standing` of who has just given the password; others rest on that of now. */
type Begin = Login & Pick<Begun, 'returnTo'>;

export interface SecondStepsDeps {
  store: Store;
  clock: Clock;
  sealer: Sealer;
  forms: FactorForms;
  /** What a sign-in begun relies on, such as the password it was begun with; `undefined` when nobody may sign in now. */
  standingOf(accountId: string): Promise<string | undefined>;
  recordSignIn(ctx: Context, accountId: string, method: string): Promise<void>;
}

export type SecondSteps = ReturnType<typeof createSecondSteps>;

export function createSecondSteps({ store, clock, sealer, forms, standingOf, recordSignIn }: SecondStepsDeps) {
  async function read(ctx: Context, place: Place): Promise<Begun | undefined> {
    const sealed = ctx.cookies.get(cookieName(ctx));
    const text = sealed === undefined ? undefined : await sealer.open(sealed);
    if (text === undefined) return undefined;
    const begun = begunSchema.parse(JSON.parse(text));
    const isHere = begun.action === place.action && begun.browser === browserOf(ctx);
    return isHere && begun.until > clock.now() ? begun : undefined;
  }

  async function show(
    ctx: Context,
    place: Place,
    begun: Begun,
    { client, error, status = 200 }: { client?: ClientFace | undefined; error?: SecondStepError; status?: number } = {},
  ): Promise<void> {
    const offer = await forms.offer(ctx, begun.accountId, { use: 'second', subject: begun.id });
    const props = {
      action: place.action,
      purpose: 'sign_in',
      takesPassword: false,
      cancelHref: place.beginHref,
    } as const;
    page(ctx, secondStep, { ...props, ...offer, client, error }, { status });
  }

  /** One sign-in for each right password. */
  async function finish(begun: Begun): Promise<boolean> {
    try {
      await store.put(DONE, begun.id, {}, { ifVersion: 0, ttl: LIFETIME_MS });
      return true;
    } catch (error) {
      if (error instanceof VersionConflict) return false;
      throw error;
    }
  }

  const clear = (ctx: Context, place: Place): void => {
    ctx.cookies.set(cookieName(ctx), null, cookieOptions(ctx, place));
  };

  return {
    /** Sends the browser, which has proved `amr`, to the page of the second step. */
    async begin(ctx: Context, place: Place, proved: Begin): Promise<void> {
      const { action } = place;
      const { accountId, amr, returnTo, standing = (await standingOf(accountId)) ?? '' } = proved;
      const begun: Begun = {
        accountId,
        amr: [...amr],
        ...(returnTo !== undefined && { returnTo }),
        id: randomToken(16),
        action,
        browser: browserOf(ctx),
        standing,
        until: clock.now() + LIFETIME_MS,
      };
      const expires = new Date(begun.until);
      ctx.cookies.set(cookieName(ctx), await sealer.seal(JSON.stringify(begun)), {
        ...cookieOptions(ctx, place),
        expires,
      });
      ctx.redirect(action);
      ctx.status = 303;
    },

    /** The page; without a sign-in begun, back to its beginning. */
    async open(ctx: Context, place: Place, client?: ClientFace): Promise<void> {
      const begun = await read(ctx, place);
      if (begun) return show(ctx, place, begun, { client });
      ctx.redirect(place.beginHref);
    },

    /** The finished sign-in, or `undefined` when the request was answered: not right, too late, begun elsewhere, finished before. */
    async take(
      ctx: Context,
      place: Place,
      form: Readonly<Record<string, string>>,
      client?: ClientFace,
    ): Promise<{ login: Login; returnTo: string | undefined } | undefined> {
      const begun = await read(ctx, place);
      const again = (): undefined => {
        clear(ctx, place);
        ctx.redirect(place.beginHref);
        ctx.status = 303;
      };
      if (!begun || (await standingOf(begun.accountId)) !== begun.standing) return again();
      const { accountId, amr, id, returnTo, standing } = begun;
      const outcome = await forms.present(ctx, form, { accountId, purpose: { use: 'second', subject: id } });
      if (outcome.kind === 'refused') {
        await show(ctx, place, begun, { client, error: outcome.error, status: outcome.status });
        return undefined;
      }
      if (!(await finish(begun))) return again();
      clear(ctx, place);
      await recordSignIn(ctx, accountId, outcome.method);
      return { login: { accountId, amr: joinAmr(amr, outcome.amr), standing }, returnTo };
    },
  };
}

const isHttps = (ctx: Context): boolean => stateOf(ctx).config.issuer.startsWith('https:');

/** A cookie with a path cannot carry the prefix `__Host-`. */
const cookieName = (ctx: Context): string => (isHttps(ctx) ? '__Secure-tim_second' : 'tim_second');

const cookieOptions = (ctx: Context, { path }: Place) =>
  ({ httpOnly: true, sameSite: 'lax', secure: isHttps(ctx), path, signed: false, overwrite: true }) as const;
