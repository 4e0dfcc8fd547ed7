// How a request from another screen ended, said on the phone.
import type { View } from '../../src/web/view.ts';
import { Outcome, type Tone } from '../partials/card.tsx';
import { LinkButton } from '../partials/form.tsx';
import type { IconName } from '../partials/icon.tsx';

export interface ResultProps {
  state:
    | 'approved'
    | 'denied'
    | 'expired'
    | 'already_decided'
    | 'claimed_by_other'
    | 'unknown'
    | 'check_failed'
    | 'request_changed';
}

const FACES: Readonly<Record<ResultProps['state'], { icon: IconName; tone: Tone }>> = {
  approved: { icon: 'check', tone: 'good' },
  denied: { icon: 'cross', tone: 'neutral' },
  expired: { icon: 'clock', tone: 'warning' },
  already_decided: { icon: 'check', tone: 'neutral' },
  claimed_by_other: { icon: 'alert', tone: 'bad' },
  unknown: { icon: 'question', tone: 'warning' },
  check_failed: { icon: 'alert', tone: 'bad' },
  request_changed: { icon: 'alert', tone: 'warning' },
};

export const result: View<ResultProps> = {
  name: 'qr/result',
  title: ({ state }, { t }) => t(`result.${state}.title`),
  body: ({ state }, { t }) => (
    <Outcome {...FACES[state]} title={t(`result.${state}.title`)} text={t(`result.${state}.text`)}>
      {state === 'unknown' || state === 'expired' ? (
        <LinkButton kind="secondary" href="/device" label={t('result.enter_code')} />
      ) : (
        <LinkButton kind="secondary" href="/" label={t('result.home')} />
      )}
    </Outcome>
  ),
  samples: {
    approved: { state: 'approved' },
    denied: { state: 'denied' },
    expired: { state: 'expired' },
    already_decided: { state: 'already_decided' },
    claimed_by_other: { state: 'claimed_by_other' },
    unknown: { state: 'unknown' },
    check_failed: { state: 'check_failed' },
    request_changed: { state: 'request_changed' },
  },
};
