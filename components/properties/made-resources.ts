/** What each component of a class made. */
export interface MadeResources<Resources> {
  /** Keeps them, once, at the end of the constructor. */
  readonly keep: (component: object, resources: Resources) => void;
  /** @throws Error before they are kept */
  readonly of: (component: object) => Resources;
}

/**
 * Holds the `resources` of the components of one class, for an accessor of that name.
 *
 * Beside the class, because Pulumi's analyzer makes an output of every property, private ones too, and of a resource a reference to the
 * schema of its provider: a plugin would hand these to programs in other languages, whose SDKs cannot resolve them. It passes accessors
 * over.
 */
export function madeResources<Resources extends object>(): MadeResources<Resources> {
  const kept = new WeakMap<object, Resources>();
  return {
    keep: (component, resources) => {
      kept.set(component, resources);
    },
    of: (component) => {
      const resources = kept.get(component);
      if (resources === undefined) throw new Error("the component has not made its resources yet");
      return resources;
    },
  };
}
