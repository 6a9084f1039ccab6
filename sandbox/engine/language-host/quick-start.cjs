/**
 * Preloaded (`node --require`) into a program. Halves the time that the SDK takes to load, and that a program takes to declare its
 * resources. Plain CommonJS, because the Node of a program may know no TypeScript.
 *
 * - The SDK loads two libraries that it needs for one thing alone, serialising functions of a program: npm's dependency resolver, some 400
 *   modules, and TypeScript. They are loaded when they are asked for.
 * - The SDK takes a stack trace for each property of each resource, to be printed with a promise that leaks where
 *   PULUMI_DEBUG_PROMISE_LEAKS is set. Where it is not, it takes empty ones.
 * - The SDK takes one more for each resource, and has `source-map-support` map each frame of it in JavaScript. Node maps traces by
 *   itself. The SDK's own frames stay as they run.
 */
const Module = require("node:module");
const { argv, env } = require("node:process");

/** @param {string} path of the SDK's command, such as `…/@pulumi/pulumi/cmd/run/index.js` */
function quickStart(path) {
  const sdk = Module.createRequire(path);
  putOff(sdk, "@npmcli/arborist");
  putOff(sdk, "@pulumi/pulumi/typescript-shim");
  if (!env.PULUMI_DEBUG_PROMISE_LEAKS) putOff(sdk, "@pulumi/pulumi/runtime/debuggable", withoutTraces);
  // Node.js 20 cannot leave the SDK's own maps alone, which would cost as much.
  if (Module.setSourceMapsSupport === undefined) return;
  Module.setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });
  const maps = fileOf(sdk, "source-map-support/register");
  if (maps !== undefined) provide(maps, {});
}

/** Where the SDK's module is; undefined where its version has none. */
function fileOf(sdk, name) {
  try {
    return sdk.resolve(name);
  } catch {
    return undefined;
  }
}

/** The module that keeps promises for a report of those that leak. */
function withoutTraces(debuggable) {
  const { debuggablePromise } = debuggable;
  if (typeof debuggablePromise !== "function") return debuggable;
  return {
    ...debuggable,
    debuggablePromise: (...args) => {
      const limit = Error.stackTraceLimit;
      Error.stackTraceLimit = 0;
      try {
        return debuggablePromise(...args);
      } finally {
        Error.stackTraceLimit = limit;
      }
    },
  };
}

/** Has a module loaded when one of its exports is read, and `change` what it exports. */
function putOff(sdk, name, change = (exported) => exported) {
  const file = fileOf(sdk, name);
  if (file === undefined) return;
  const load = () => {
    Reflect.deleteProperty(sdk.cache, file);
    return change(sdk(file));
  };
  let loaded;
  provide(
    file,
    new Proxy(
      {},
      {
        // Whoever asks only whether it was an ES module need not load it.
        get: (_, key) => (key === "__esModule" ? true : (loaded ??= load())[key]),
      },
    ),
  );
}

function provide(file, exports) {
  Module._cache[file] = Object.assign(new Module(file), { filename: file, loaded: true, exports });
}

const command = argv[1];
if (command !== undefined && /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run([\\/]|$)/.test(command))
  quickStart(command);
