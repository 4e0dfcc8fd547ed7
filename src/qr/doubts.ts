// What does not fit about the browser that asks, said to the person before they answer. It warns and decides nothing: when
// something must be carried between the screens is `check.ts`'s.
import type { Place } from '../geo/place.ts';
import { isSameNetwork } from './check.ts';

export type Doubt = { code: 'new_browser' | 'other_place' | 'other_network' };

export interface Asking {
  /** The account has signed in from this browser or device before. */
  isKnown: boolean;
  /** Of the browser that asks, as far as it is known. */
  address: string | undefined;
  place: Place | undefined;
}

export interface Approving {
  address: string;
  place: Place | undefined;
}

/** Networks are compared only where places are not known: a phone's mobile network is another one than the office's. */
export function doubtsAbout(asking: Asking, approving: Approving, placesDiffer: PlacesDiffer): Doubt[] {
  const arePlacesKnown = asking.place !== undefined && approving.place !== undefined;
  const isElsewhere = arePlacesKnown
    ? placesDiffer(asking.place, approving.place)
    : asking.address === undefined || !isSameNetwork(asking.address, approving.address);
  return [
    ...(asking.isKnown ? [] : [{ code: 'new_browser' } as const]),
    ...(isElsewhere ? [{ code: arePlacesKnown ? 'other_place' : 'other_network' } as const] : []),
  ];
}

export type PlacesDiffer = (one: Place | undefined, other: Place | undefined) => boolean;
