// The whole story of an account in Chromium, in two languages, with real mail: register, activate, sign in, passkey, codes by
// time, recovery codes, a forgotten password, and the pages of the account on the way. No page may be wider than a small phone.
import type { ExecutionContext } from 'ava';
import type { Browser } from 'playwright-core';
import { type MessageKey, translator } from '../../src/web/i18n.ts';
import { startAuthServer } from '../helpers/auth-server.ts';
import { addAuthenticator, withoutConditional } from '../helpers/authenticator.ts';
import { openProfile, type Profile, signInOn } from '../helpers/chromium.ts';
import { inChromium } from '../helpers/in-chromium.ts';
import { type MailServer, type ReceivedMail, smtpServer } from '../helpers/mail-server.ts';
import { codeOf } from '../helpers/second-factor.ts';

const SMALL_PHONE = { width: 320, height: 568 };
const FIRST_PASSWORD = 'teapot orchard lantern';
const SECOND_PASSWORD = 'granite velvet compass';

let browser: Browser;

const browserTest = inChromium((launched) => {
  browser = launched;
});

for (const locale of ['en', 'zh-CN'] as const) {
  browserTest.serial(`${locale}: an account from registering to a forgotten password`, async (t) => {
    t.timeout(240_000);
    const mail = await smtpServer(t);
    const { issuer } = await startAuthServer(t, { config: { mail: mail.config } });
    const profile = await openProfile(t, browser, { locale, everyLook: true });
    await addAuthenticator(profile);
    await withoutConditional(profile.page);
    const story = begin(t, { profile, mail, locale, issuer });

    await register(story);
    await activate(story);
    await signIn(story);
    const recoveryCodes = await addPasskey(story);
    await signInByPasskey(story);
    const secret = await setUpTotp(story);
    await signInByCode(story, secret);
    await signInByRecoveryCode(story, recoveryCodes[0] ?? '');
    await resetPassword(story);
    await lookAround(story);
  });
}

interface Stage {
  profile: Profile;
  mail: MailServer;
  locale: 'en' | 'zh-CN';
  issuer: string;
}

type Story = ReturnType<typeof begin>;

function begin(t: ExecutionContext, { profile, mail, locale, issuer }: Stage) {
  const { page } = profile;
  const words = translator(locale);
  const email = `lin.${locale.toLowerCase()}@example.com`;
  return {
    t,
    profile,
    page,
    words,
    email,
    open: (path: string) => page.goto(new URL(path, issuer).href),
    /** Follows the link of the page to this path. */
    follow: (path: string) => page.click(`main a[href^="${path}"]`),
    /** Presses the button of the form that is sent to this path. */
    press: (action: string) => page.click(`form[action$="${action}"] button[type=submit]`),

    /**
     * The page of this title is there, in the language, as wide as a small phone at most; its language links lead somewhere; its
     * picture is taken.
     */
    async see(name: string, title: MessageKey): Promise<void> {
      await page.waitForFunction(
        (wanted) => (globalThis as unknown as { document: { title: string } }).document.title === wanted,
        `${words(title)} · TokenIM`,
      );
      t.is(await page.getAttribute('html', 'lang'), locale, name);
      const inLanguage = (await page.getAttribute(`a[hreflang="${locale}"]`, 'href')) ?? '';
      const answer = await profile.context.request.get(new URL(inLanguage, issuer).href);
      t.false([404, 405].includes(answer.status()), `${name}, ${inLanguage}`);
      const size = page.viewportSize();
      await page.setViewportSize(SMALL_PHONE);
      const width = await page.evaluate(() => {
        const { document } = globalThis as unknown as { document: { documentElement: { scrollWidth: number } } };
        return document.documentElement.scrollWidth;
      });
      t.true(width <= SMALL_PHONE.width, `${name} is ${width} px wide`);
      if (size) await page.setViewportSize(size);
      await profile.picture(`${locale}-${name}`);
    },

    /** The next mail, which is in the language of the account. */
    async read(subject: MessageKey): Promise<ReceivedMail> {
      const letter = await mail.next(email);
      t.is(letter.subject, words(subject));
      t.true(letter.html.includes(`<html lang="${locale}">`), subject);
      const reader = await profile.context.newPage();
      await reader.setContent(letter.html);
      await profile.picture(`${locale}-${subject}`, reader);
      await reader.close();
      return letter;
    },
  };
}

async function register({ page, email, open, follow, press, see }: Story): Promise<void> {
  await open('/');
  await see('01-home', 'home.title');
  await follow('/account');
  await see('02-sign-in', 'sign_in.title');
  await follow('/account/register');
  await page.fill('input[name=email]', email);
  await page.fill('input[name=password]', 'password1234');
  await press('/account/register');
  await page.waitForSelector('input[name=password][aria-invalid=true]');
  await see('03-register-refused', 'register.title');
  await page.fill('input[name=password]', FIRST_PASSWORD);
  await see('03-register', 'register.title');
  await press('/account/register');
  await see('04-link-sent', 'link_sent.title');
}

async function activate({ t, page, see, read, follow }: Story): Promise<void> {
  const { links } = await read('mail.activation.subject');
  t.is(links.length, 1);
  await page.goto(links[0] ?? '');
  await see('05-activate', 'activate.form.title');
  await page.click('form[action^="/account/activate/"] button[type=submit]');
  await see('06-activated', 'activate.done.title');
  // Where the person was going, which asks to sign in first.
  await follow('/account');
}

async function signIn({ profile, email, see }: Story): Promise<void> {
  await signInOn(profile, { id: '', email, password: FIRST_PASSWORD });
  await see('07-account', 'account.title');
}

async function addPasskey({ t, page, see, read, follow }: Story): Promise<string[]> {
  await follow('/account/security');
  await see('08-security-nothing', 'security.title');
  await follow('/account/security/passkeys/new');
  await page.waitForSelector('[data-passkey]:not([hidden])');
  await page.fill('input[name=name]', 'MacBook');
  await see('09-passkey-new', 'passkey_new.title');
  await page.click('[data-passkey] button[type=submit]');
  await see('10-recovery-codes', 'codes.title');
  const codes = await page.locator('.recovery-codes code').allTextContents();
  t.is(codes.length, 10);
  await read('mail.factor.passkey_added.subject');
  await follow('/account/security');
  await see('11-security-passkey', 'security.title');
  return codes;
}

async function signOut({ open, press, see }: Story): Promise<void> {
  await open('/account');
  await press('/account/sign-out');
  await see('12-signed-out', 'signed_out.title');
}

async function signInByPasskey(story: Story): Promise<void> {
  const { page, see, follow } = story;
  await signOut(story);
  await follow('/account');
  await page.waitForSelector('[data-passkey]:not([hidden])');
  await see('13-sign-in-passkey', 'sign_in.title');
  await page.click('[data-passkey] button[type=submit]');
  await see('14-account-by-passkey', 'account.title');
}

async function setUpTotp({ page, see, read, open, press }: Story): Promise<string> {
  await open('/account/security');
  await press('/account/security/totp');
  await see('15-totp', 'totp.title');
  const secret = ((await page.textContent('.command code')) ?? '').replaceAll(' ', '');
  await page.fill('input[name=code]', '000000');
  await press('/totp/confirm');
  await page.waitForSelector('[role=alert]');
  await see('15-totp-wrong', 'totp.title');
  await page.fill('input[name=code]', await codeOf(secret));
  await press('/totp/confirm');
  await see('16-security-everything', 'security.title');
  await read('mail.factor.totp_added.subject');
  return secret;
}

async function givePassword(story: Story, password: string): Promise<void> {
  const { profile, email, open, see } = story;
  await open('/account/sign-in');
  await signInOn(profile, { id: '', email, password });
  await see('17-second-step', 'second.sign_in.title');
}

async function signInByCode(story: Story, secret: string): Promise<void> {
  const { page, see } = story;
  await signOut(story);
  await givePassword(story, FIRST_PASSWORD);
  await page.fill('input[name=code]', '000000');
  await page.click('form:has(input[name=code]) button[type=submit]');
  await page.waitForSelector('[role=alert]');
  await see('18-second-step-wrong', 'second.sign_in.title');
  // The code of this step was used at the set-up.
  await page.fill('input[name=code]', await codeOf(secret, 1));
  await page.click('form:has(input[name=code]) button[type=submit]');
  await see('19-account-by-code', 'account.title');
}

async function signInByRecoveryCode(story: Story, code: string): Promise<void> {
  const { page, see, read } = story;
  await signOut(story);
  await givePassword(story, FIRST_PASSWORD);
  await page.click('details.more summary');
  await page.fill('input[name=recovery_code]', code);
  await see('20-recovery-code', 'second.sign_in.title');
  await page.click('form:has(input[name=recovery_code]) button[type=submit]');
  await see('21-account-by-recovery-code', 'account.title');
  await read('mail.factor.code_used.subject');
}

async function resetPassword(story: Story): Promise<void> {
  const { page, email, open, follow, press, see, read } = story;
  await signOut(story);
  await open('/account/sign-in');
  await follow('/account/reset');
  await see('22-forgotten', 'ask.reset.title');
  await page.fill('input[name=email]', email);
  await press('/account/reset');
  await see('23-reset-sent', 'link_sent.title');
  const { links } = await read('mail.password_reset.subject');
  await page.goto(links[0] ?? '');
  await see('24-reset', 'reset.form.title');
  await page.fill('input[name=password]', SECOND_PASSWORD);
  await page.click('form[action^="/account/reset/"] button[type=submit]');
  await see('25-reset-done', 'reset.done.title');
  await read('mail.password_changed.subject');
  await givePassword(story, SECOND_PASSWORD);
  await page.click('[data-passkey] button[type=submit]');
  await see('26-account-by-new-password', 'account.title');
}

/** The other pages of the account. */
async function lookAround({ page, open, press, see, read }: Story): Promise<void> {
  await page.fill('input[name=name]', 'Lin Xiaoyu');
  await press('/account');
  await page.waitForSelector('.alert.good');
  await see('27-profile-saved', 'account.title');
  const pages = {
    'sign-ins': 'sign_ins.title',
    activity: 'activity.title',
    apps: 'apps.title',
    'security/password': 'password.title',
    confirm: 'second.confirm.title',
    delete: 'delete.title',
  } as const;
  for (const [path, title] of Object.entries(pages)) {
    await open(`/account/${path}`);
    await see(`28-${path.replace('/', '-')}`, title);
  }
  await press('/account/delete');
  await page.waitForSelector('form[action="/account/delete/keep"]');
  await see('29-deletion-scheduled', 'delete.title');
  await read('mail.deletion.subject');
  await open('/account');
  await see('30-account-to-be-deleted', 'account.title');
}
