/**
 * A bucket that exists, to be taken under management with everything in it. The first update imports it and changes its
 * settings to the component's in place; the preview shows both. What Google never changes on a bucket has to match
 * first, or nothing is done: `placement`, `hierarchicalNamespace` and `objectRetention`.
 */
export interface AdoptedBucket {
  /** The bucket's name. Once it is adopted, `adopt` may stay, or give way to the argument `bucketName`. */
  bucketName: string;
}
