import { z } from "zod";

/** What of a key's schema its values have to show, derived from the schema: nothing is forgotten when it grows. */
export interface Demand {
  readonly text: string;
  readonly metBy: (value: unknown) => boolean;
}

type Schema = z.core.JSONSchema.JSONSchema;

export function demandsOf(key: string, schema: z.ZodType, required: boolean): Demand[] {
  const json = z.toJSONSchema(schema, { io: "output", unrepresentable: "any" });
  return [
    ...(required ? [] : [{ text: `${key} left out`, metBy: (value: unknown) => value === undefined }]),
    { text: `${key} set`, metBy: (value: unknown) => value !== undefined },
    ...demands(key, json).map(({ text, metBy }) => ({
      text,
      metBy: (value: unknown) => value !== undefined && metBy(value),
    })),
  ];
}

function demands(path: string, schema: Schema): Demand[] {
  const { anyOf, enum: members, properties, items, minimum, maximum, type } = schema;
  if (anyOf !== undefined) return anyOf.flatMap((one) => demands(path, one));
  if (members !== undefined) {
    return members.map((member) => ({
      text: `${path}: ${String(member)}`,
      metBy: (value) => value === member,
    }));
  }
  if (type === "boolean") return [{ text: `${path}: true`, metBy: (value) => value === true }];
  if (type === "integer" || type === "number") {
    return [minimum, maximum].flatMap((limit) =>
      limit === undefined || Math.abs(limit) >= Number.MAX_SAFE_INTEGER
        ? []
        : [{ text: `${path}: ${limit}`, metBy: (value: unknown) => value === limit }],
    );
  }
  if (items !== undefined) {
    return demands(`${path}[]`, items as Schema).map(({ text, metBy }) => ({
      text,
      metBy: (value) => Array.isArray(value) && value.some(metBy),
    }));
  }
  return Object.entries(properties ?? {}).flatMap(([name, inner]): Demand[] => {
    const within = `${path}.${name}`;
    const of = (value: unknown): unknown =>
      typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
    const optional = schema.required?.includes(name) !== true;
    return [
      { text: `${within} set`, metBy: (value) => of(value) !== undefined },
      ...(optional
        ? [
            {
              text: `${within} left out`,
              metBy: (value: unknown) => isObject(value) && of(value) === undefined,
            },
          ]
        : []),
      ...demands(within, inner as Schema).map(({ text, metBy }) => ({
        text,
        metBy: (value: unknown) => of(value) !== undefined && metBy(of(value)),
      })),
    ];
  });
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;
