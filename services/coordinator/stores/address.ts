export interface ObjectAddress {
  /** `gs://BUCKET/`, `s3://BUCKET/` or `r2://BUCKET/` */
  readonly root: string;
  readonly bucket: string;
  readonly object: string;
}

/** Splits an address that passed `storageUriSchema`. */
export function addressOf(uri: string): ObjectAddress {
  const [, root = "", bucket = "", object = ""] = /^([a-z0-9]+:\/\/([^/]+)\/)(.+)$/su.exec(uri) ?? [];
  return { root, bucket, object };
}
