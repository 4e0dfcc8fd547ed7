// `/account/delete`: what deleting the account means, the button that does it, and until when it can be undone.
import type { Ui, View } from '../../src/web/view.ts';
import { AccountPage } from '../partials/account-page.tsx';
import { Alert } from '../partials/card.tsx';
import { Button, LinkButton, PostForm } from '../partials/form.tsx';
import { dayText } from '../partials/time.tsx';

export interface DeleteProps {
  /** When it would be erased, or will be. */
  date: Date;
  isScheduled: boolean;
}

export const deleteAccount: View<DeleteProps> = {
  name: 'accounts/delete',
  title: (_props, { t }) => t('delete.title'),
  body: ({ date, isScheduled }, ui) => (
    <AccountPage ui={ui} tab="/account" title={ui.t('delete.title')}>
      {isScheduled ? <Scheduled date={date} ui={ui} /> : <Ask date={date} ui={ui} />}
    </AccountPage>
  ),
  samples: {
    ask: { date: new Date('2026-12-05T08:30:00Z'), isScheduled: false },
    scheduled: { date: new Date('2026-12-05T08:30:00Z'), isScheduled: true },
  },
};

const Ask = ({ date, ui }: { date: Date; ui: Ui }) => (
  <>
    <ul class="plain">
      <li>{ui.t('delete.now')}</li>
      <li>{ui.t('delete.later', { date: dayText(ui.locale, date) })}</li>
      <li>{ui.t('delete.records')}</li>
    </ul>
    <PostForm ui={ui} action="/account/delete" class="stack">
      <Button kind="danger" label={ui.t('delete.submit')} />
      <LinkButton kind="secondary" href="/account" label={ui.t('delete.cancel')} />
    </PostForm>
  </>
);

const Scheduled = ({ date, ui }: { date: Date; ui: Ui }) => (
  <>
    <Alert tone="warning">{ui.t('delete.scheduled', { date: dayText(ui.locale, date) })}</Alert>
    <PostForm ui={ui} action="/account/delete/keep">
      <Button label={ui.t('delete.keep')} />
    </PostForm>
  </>
);
