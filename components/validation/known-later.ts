/** Arguments of which some are not known yet: a parent checks what it was given before it makes what they name. */
export type KnownLater<Args, Later extends keyof Args> = Omit<Args, Later> & Partial<Pick<Args, Later>>;
