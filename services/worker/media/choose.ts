/** Why a stream is of no use. `empty`: it is announced, and nothing of it was found. */
export interface Flaw {
  readonly because: string;
  readonly kind: "empty" | "undecodable" | "unsupported";
}

/** A stream that may be the picture, or the main sound. */
export interface Candidate<T> {
  readonly stream: T;
  /** Whether the input marks it as a default. */
  readonly isDefault: boolean;
  /** Whether it is a commentary, or a description of the pictures. */
  readonly isComment: boolean;
  /** Pixels or channels. */
  readonly size: number;
  readonly flaw?: Flaw;
}

export interface Choice<T> {
  /** The best of those that are of use; else one that another ffmpeg would decode. */
  readonly chosen?: Candidate<T>;
  /** Those of no use that would have been preferred. */
  readonly passedOver: readonly Candidate<T>[];
  /** Why there is none, where streams are there and not merely empty. */
  readonly refusal?: string;
}

/** The stream that the input marks as default, else the largest: of those that can be encoded. */
export function choose<T>(candidates: readonly Candidate<T>[]): Choice<T> {
  const ranked = candidates.toSorted(
    (a, b) =>
      Number(b.isDefault) - Number(a.isDefault) ||
      Number(a.isComment) - Number(b.isComment) ||
      b.size - a.size,
  );
  const usable = ranked.findIndex(({ flaw }) => flaw === undefined);
  const at = usable >= 0 ? usable : ranked.findIndex(({ flaw }) => flaw?.kind === "undecodable");
  const chosen = ranked[at];
  if (chosen !== undefined) return { chosen, passedOver: ranked.slice(0, at) };
  const refusal = ranked.find(({ flaw }) => flaw?.kind === "unsupported")?.flaw?.because;
  return { passedOver: ranked, ...(refusal !== undefined && { refusal }) };
}
