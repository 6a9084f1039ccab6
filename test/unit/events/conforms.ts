import protobuf from "protobufjs";

/**
 * What Pub/Sub would have against a JSON message under a Protocol Buffer schema: fields it does not know, and values of another type.
 * Written from the JSON mapping of Protocol Buffers (https://protobuf.dev/programming-guides/json/); the engine tests ask Google's
 * own implementation.
 */
export function nonconformities(definition: string, message: unknown): string[] {
  const [type] = protobuf.parse(definition, { keepCase: true }).root.resolveAll().nestedArray;
  if (!(type instanceof protobuf.Type)) throw new Error("the schema has no message");
  return inMessage(type, message, "");
}

/** The schema's only top-level message. */
export function fieldsOf(definition: string, ...path: string[]): string[] {
  const [type] = protobuf.parse(definition, { keepCase: true }).root.resolveAll().nestedArray;
  const found = path.reduce<protobuf.ReflectionObject | null | undefined>(
    (parent, name) => (parent instanceof protobuf.Namespace ? parent.get(name) : undefined),
    type,
  );
  if (!(found instanceof protobuf.Type)) throw new Error(`no message ${path.join(".")}`);
  return found.fieldsArray.map(({ name }) => name);
}

function inMessage(type: protobuf.Type, value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return [`${path || "."}: no object`];
  return Object.entries(value).flatMap(([key, member]) => {
    const at = path === "" ? key : `${path}.${key}`;
    const field = type.fields[key];
    if (field === undefined) return [`${at}: unknown`];
    if (field instanceof protobuf.MapField) {
      return Object.entries(member as object).flatMap(([name, one]) => inField(field, one, `${at}.${name}`));
    }
    if (!field.repeated) return inField(field, member, at);
    if (!Array.isArray(member)) return [`${at}: no list`];
    return member.flatMap((one, index) => inField(field, one, `${at}[${index}]`));
  });
}

function inField(field: protobuf.Field, value: unknown, path: string): string[] {
  if (field.resolvedType instanceof protobuf.Type) return inMessage(field.resolvedType, value, path);
  const right =
    field.type === "string"
      ? typeof value === "string"
      : field.type === "bool"
        ? typeof value === "boolean"
        : field.type === "double"
          ? typeof value === "number"
          : field.type === "int32"
            ? Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31
            : field.type === "int64" && Number.isInteger(value);
  return right ? [] : [`${path}: no ${field.type}`];
}
