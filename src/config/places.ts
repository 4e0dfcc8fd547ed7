// Where each value of the merged configuration was written: filled by `yaml-file.ts`, asked when a problem is reported.
import type { Path, Place } from './problem.ts';

export interface Places {
  set(path: Path, place: { key: Place; value: Place }): void;
  /** Where the key itself stands, if the path was written. */
  key(path: Path): Place | undefined;
  /** Where the value stands; for what is absent, the nearest thing around it that was written. */
  value(path: Path): Place;
}

const name = (path: Path): string => JSON.stringify(path.map(String));

/** `start` stands for the whole configuration. */
export function createPlaces(start: Place): Places {
  const known = new Map<string, { key: Place; value: Place }>();
  return {
    set: (path, place) => void known.set(name(path), place),
    key: (path) => known.get(name(path))?.key,
    value(path) {
      for (let length = path.length; length > 0; length--) {
        const place = known.get(name(path.slice(0, length)));
        if (place) return place.value;
      }
      return start;
    },
  };
}
