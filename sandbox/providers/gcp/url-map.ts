import { boolean, integer, list, object, string, type Fields } from "../fields.ts";
import { isUnknown, listOf, objectOf, textOf, type Properties, type Value } from "../values.ts";
import { falseByDefault } from "./facts/with-facts.ts";
import { nameOf, sameResource } from "./compute-names.ts";
import { computeResource, fingerprintOf } from "./compute-resource.ts";

const service = string({ same: sameResource });
const text = (longest: number) =>
  string({ pattern: new RegExp(`^.{1,${longest}}$`, "s"), rule: `1 to ${longest} characters` });

const redirect = object({
  hostRedirect: text(255),
  httpsRedirect: boolean(falseByDefault),
  pathRedirect: text(1024),
  prefixRedirect: text(1024),
  redirectResponseCode: string({
    allowed: ["FOUND", "MOVED_PERMANENTLY_DEFAULT", "PERMANENT_REDIRECT", "SEE_OTHER", "TEMPORARY_REDIRECT"],
  }),
  stripQuery: boolean(),
});

const matchRule: Fields = {
  fullPathMatch: text(1024),
  prefixMatch: string({ pattern: /^\/.{0,1023}$/s, rule: 'up to 1024 characters, the first "/"' }),
  pathTemplateMatch: text(255),
  ignoreCase: boolean(),
};

const pathMatcher: Fields = {
  name: string(),
  description: string(),
  defaultService: service,
  defaultUrlRedirect: redirect,
  pathRules: list(object({ paths: list(string(), { min: 1 }), service, urlRedirect: redirect })),
  routeRules: list(
    object({
      priority: integer({ min: 0, max: 2_147_483_647 }),
      service,
      urlRedirect: redirect,
      matchRules: list(object(matchRule)),
    }),
  ),
};

/** https://www.pulumi.com/registry/packages/gcp/api-docs/compute/urlmap/ */
export const urlMap = computeResource({
  type: "gcp:compute/uRLMap:URLMap",
  fields: {
    description: string(),
    defaultService: service,
    defaultUrlRedirect: redirect,
    hostRules: list(
      object({
        hosts: list(string(), { min: 1 }),
        pathMatcher: string(),
        description: string(),
      }),
    ),
    pathMatchers: list(object(pathMatcher)),
  },
  outputs: ["mapId", "fingerprint"],
  changing: ["fingerprint"],
  pathOf: (inputs, { project }) => `projects/${project}/global/urlMaps/${nameOf(inputs)}`,
  report: (inputs) => ({ mapId: 1, fingerprint: fingerprintOf(inputs) }),
  problems: (inputs) => [
    ...hostProblems(inputs),
    ...listOf(inputs["pathMatchers"]).flatMap((one) => matcherProblems(objectOf(one))),
  ],
});

/** Exactly one place to send a request to. */
function targetProblems(given: Properties, fields: readonly string[], what: string): string[] {
  const present = fields.filter((field) => given[field] !== undefined);
  return present.length === 1 ? [] : [`${what}: give exactly one of ${fields.join(" and ")}`];
}

function hostProblems(inputs: Properties): string[] {
  const named = listOf(inputs["pathMatchers"]).map((one) => textOf(objectOf(one)["name"]));
  const used = listOf(inputs["hostRules"]).map((one) => textOf(objectOf(one)["pathMatcher"]));
  return [
    ...used
      .filter((name) => !named.includes(name))
      .map((name) => `hostRules: there is no path matcher ${name ?? ""}`),
    ...named
      .filter((name) => !used.includes(name))
      .map((name) => `pathMatchers: no host rule names ${name ?? ""}`),
  ];
}

function matcherProblems(matcher: Properties): string[] {
  const what = `path matcher ${textOf(matcher["name"]) ?? ""}`;
  const paths = listOf(matcher["pathRules"]).map(objectOf);
  const routes = listOf(matcher["routeRules"]).map(objectOf);
  const priorities = routes.map((route) => route["priority"]).filter((one) => !isUnknown(one));
  return [
    ...targetProblems(matcher, ["defaultService", "defaultUrlRedirect"], what),
    ...(paths.length > 0 && routes.length > 0 ? [`${what}: give pathRules or routeRules, not both`] : []),
    ...(new Set(priorities).size < priorities.length
      ? [`${what}: two route rules have the same priority`]
      : []),
    ...[...paths, ...routes].flatMap((rule) =>
      targetProblems(rule, ["service", "urlRedirect"], `a rule of ${what}`),
    ),
    ...paths.flatMap((rule) => listOf(rule["paths"]).flatMap((path) => pathProblems(path, what))),
    ...routes.flatMap((rule) =>
      listOf(rule["matchRules"]).flatMap((match) => matchProblems(objectOf(match), what)),
    ),
  ];
}

/** Path rules allow a star only at the end, after a slash: they cannot distinguish playlists from segments. */
const pathProblems = (path: Value, what: string): string[] =>
  typeof path !== "string" || isUnknown(path) || /^\/([^*?#]*\/)?(\*|[^*?#]*)$/.test(path)
    ? []
    : [`${what}: path ${path} must begin with "/" and may have a * only at its end, after a "/"`];

const ONE_OF = ["fullPathMatch", "prefixMatch", "pathTemplateMatch"];

/** https://docs.cloud.google.com/load-balancing/docs/url-map-concepts */
function matchProblems(match: Properties, what: string): string[] {
  const template = textOf(match["pathTemplateMatch"]);
  const found = targetProblems(match, ONE_OF, `a match rule of ${what}`);
  if (template === undefined || isUnknown(template)) return found;
  const operators = template.match(/\*\*|\*|\{\w+\}/g) ?? [];
  if (!template.startsWith("/")) found.push(`${what}: pathTemplateMatch ${template} must begin with "/"`);
  if (operators.length > 5) found.push(`${what}: pathTemplateMatch ${template} has more than 5 wildcards`);
  if (operators.slice(0, -1).includes("**"))
    found.push(`${what}: in pathTemplateMatch ${template} nothing but text may follow **`);
  return found;
}
