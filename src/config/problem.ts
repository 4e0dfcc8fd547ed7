// Problems of a configuration and where they stand. Every stage of `load.ts` adds to one list, thrown at its end.

/** 1-based, as editors count. `file` is shown relative to the working directory. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

export interface Problem extends Place {
  message: string;
}

/** Keys and list positions from the root of the configuration, such as `['clients', 'crm', 'scopes', 0]`. */
export type Path = readonly PropertyKey[];

/** Adds a problem at the place of a value. */
export type Report = (path: Path, message: string) => void;

export const formatProblem = ({ file, line, column, message }: Problem): string =>
  `${file}:${line}:${column}: ${message}`;

/** All problems of a configuration; `message` has one line for each, without any secret. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const inReadingOrder = (a: Problem, b: Problem): number =>
  a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column;

/** Throws `ConfigError` when there are problems, in the order of the files. */
export function refuseProblems(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ConfigError([...problems].sort(inReadingOrder));
}
