// Taking back what was chosen in the access review, asked once more.
import type { View } from '../../src/web/view.ts';
import { AdminPage } from '../partials/admin-page.tsx';
import { Button, LinkButton, PostForm } from '../partials/form.tsx';
import { type HoldingFace, HOLDING_KINDS } from './review.tsx';

export type ChosenFace = Pick<HoldingFace, 'key' | 'state' | 'name'> & { account: string };

export interface ReviewTakeProps {
  holdings: readonly ChosenFace[];
  action: string;
  cancelHref: string;
}

export const reviewTake: View<ReviewTakeProps> = {
  name: 'admin/review-take',
  title: (_props, { t }) => t('admin.review.take'),
  body: ({ holdings, action, cancelHref }, ui) => (
    <AdminPage
      ui={ui}
      tab="/admin/review"
      title={ui.t('admin.review.take')}
      lead={ui.t('admin.review.take.text', { count: holdings.length })}
    >
      <PostForm
        ui={ui}
        action={action}
        class="stack"
        hidden={Object.fromEntries(holdings.map(({ key }) => [`pick:${key}`, 'on']))}
      >
        <ul class="rights">
          {holdings.map(({ state, name, account }) => (
            <li>
              <span>
                <bdi>{account}</bdi> · {ui.t(HOLDING_KINDS[state])} <bdi>{name}</bdi>
              </span>
            </li>
          ))}
        </ul>
        <div class="acts start">
          <Button kind="danger" label={ui.t('admin.review.take')} />
          <LinkButton kind="secondary" href={cancelHref} label={ui.t('admin.act.cancel')} />
        </div>
      </PostForm>
    </AdminPage>
  ),
  samples: {
    some: {
      holdings: [
        { key: 'role:a2:support', state: 'role', name: 'support', account: 'wang@example.com' },
        { key: 'key:a2:tim_live_1', state: 'key', name: 'CRM sync', account: 'wang@example.com' },
        { key: 'grant:a2:g1', state: 'grant', name: 'Harbour CRM', account: 'wang@example.com' },
      ],
      action: '/admin/review/take?stale=90',
      cancelHref: '/admin/review?stale=90',
    },
  },
};
