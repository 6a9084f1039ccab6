import type { Properties } from "./known.ts";

/** A resource as a stack policy sees it. */
export interface StackResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Properties;
  readonly parent?: { readonly urn: string; readonly type: string } | undefined;
  readonly provider?: { readonly urn: string; readonly props?: Properties } | undefined;
  readonly dependencies: readonly { readonly urn: string }[];
  readonly propertyDependencies: Readonly<Record<string, readonly { readonly urn: string }[]>>;
}
