import * as pulumi from "@pulumi/pulumi";

/**
 * What a package's generated SDK does, for packages that are not among this project's dependencies: a class that registers a type of
 * resource with the version that the package has.
 */
export function resourceOf(type, version) {
  return class extends pulumi.CustomResource {
    constructor(name, args = {}, opts = {}) {
      const outputs = Object.fromEntries((args.__outputs ?? []).map((output) => [output, undefined]));
      const inputs = Object.fromEntries(Object.entries(args).filter(([key]) => key !== "__outputs"));
      super(type, name, { ...outputs, ...inputs }, pulumi.mergeOptions({ version }, opts));
    }
  };
}

export function componentOf(type, version) {
  return class extends pulumi.ComponentResource {
    constructor(name, args = {}, opts = {}) {
      super(type, name, { ...args, outputs: undefined }, pulumi.mergeOptions({ version }, opts), true);
    }
  };
}

export function providerOf(name, version) {
  return class extends pulumi.ProviderResource {
    constructor(resource, args = {}, opts = {}) {
      super(name, resource, args, pulumi.mergeOptions({ version }, opts));
    }
  };
}
