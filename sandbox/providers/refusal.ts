/** A refusal that concerns this resource, in words for the user. */
export class Refusal extends Error {}
