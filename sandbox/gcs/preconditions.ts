import { notModified, preconditionFailed } from "./errors.ts";

/** Conditions of a request on an object (or, without the generation, on a bucket). 0 means "no live object". */
export interface Preconditions {
  readonly generationMatch?: number | undefined;
  readonly generationNotMatch?: number | undefined;
  readonly metagenerationMatch?: number | undefined;
  readonly metagenerationNotMatch?: number | undefined;
}

export const NO_PRECONDITIONS: Preconditions = {};

type Intent = "read" | "write";

interface Versioned {
  readonly generation: number;
  readonly metageneration: number;
}

/**
 * @throws 412 where a condition does not hold; 304 where a read asks for anything but what it already has
 */
export function checkPreconditions(
  conditions: Preconditions,
  current: Versioned | undefined,
  intent: Intent,
): void {
  const generation = current?.generation ?? 0;
  if (conditions.generationMatch !== undefined && conditions.generationMatch !== generation) {
    throw preconditionFailed("ifGenerationMatch");
  }
  if (conditions.generationNotMatch !== undefined && conditions.generationNotMatch === generation) {
    throw intent === "read" && current !== undefined
      ? notModified()
      : preconditionFailed("ifGenerationNotMatch");
  }
  checkMetageneration(conditions, current?.metageneration, intent);
}

export function checkMetageneration(
  conditions: Preconditions,
  current: number | undefined,
  intent: Intent,
): void {
  const { metagenerationMatch, metagenerationNotMatch } = conditions;
  if (metagenerationMatch !== undefined && metagenerationMatch !== current) {
    throw preconditionFailed("ifMetagenerationMatch");
  }
  if (metagenerationNotMatch !== undefined && (current === undefined || metagenerationNotMatch === current)) {
    throw intent === "read" && current !== undefined
      ? notModified()
      : preconditionFailed("ifMetagenerationNotMatch");
  }
}
