/** What a program reads from one variable of its environment. No variable holds a secret: values may be shown. */
export type Variable = (Text | List | Url | Json | Choice | Flag | Amount) & {
  /** What it is, for people who run the program. */
  readonly description: string;
  /** Whether the components set it, so that nobody else may. @default false */
  readonly component?: true;
  /** Whether the value names a secret in Secret Manager. @default false */
  readonly secret?: true;
  /** Whether the program does not start without it. @default false */
  readonly required?: true;
};

interface Text {
  readonly type: "text";
  /** @default anything that is not empty */
  readonly pattern?: RegExp;
  /** What the pattern lets pass, in words that go on after "it must be". */
  readonly allowed: string;
  readonly default?: string;
}

/** Items joined by commas; none when the variable is not set. */
interface List {
  readonly type: "list";
  /** One item, which holds no comma. */
  readonly item: RegExp;
  readonly allowed: string;
}

/** An address of HTTP or HTTPS, which is read without slashes at its end. */
interface Url {
  readonly type: "url";
  readonly allowed: string;
}

/** Whose shape the program checks. */
interface Json {
  readonly type: "json";
  readonly allowed: string;
  readonly default: string;
}

interface Choice {
  readonly type: "choice";
  readonly values: readonly string[];
  readonly default: string;
}

interface Flag {
  readonly type: "flag";
  readonly default: boolean;
}

interface Amount {
  readonly type: "number";
  /** What is counted: "seconds". */
  readonly unit: string;
  /** The least and the most, both allowed. */
  readonly min: number;
  readonly max: number;
  /** Whether it has no fraction. @default false */
  readonly whole?: true;
  /** @default what follows from the above */
  readonly allowed?: string;
  readonly default?: number;
}

export type Variables = Readonly<Record<string, Variable>>;

/** What each variable of a table is read as. */
export type Values<Table extends Variables> = {
  readonly [Name in keyof Table]: Table[Name] extends
    { readonly required: true } | { readonly default: unknown } | { readonly type: "list" }
    ? Value<Table[Name]>
    : Value<Table[Name]> | undefined;
};

type Value<One extends Variable> = One extends { readonly type: "number" }
  ? number
  : One extends { readonly type: "flag" }
    ? boolean
    : One extends { readonly type: "list" }
      ? readonly string[]
      : One extends { readonly type: "choice"; readonly values: readonly (infer Choice)[] }
        ? Choice
        : string;

/** What a variable may be, in words that go on after "it must be". */
export function allowedOf(variable: Variable): string {
  switch (variable.type) {
    case "choice":
      return inWords(variable.values);
    case "flag":
      return "true or false";
    case "number":
      if (variable.allowed !== undefined) return variable.allowed;
      return variable.whole === true
        ? `a whole number from ${variable.min} to ${variable.max}`
        : `a number of ${variable.unit} from ${variable.min} to ${variable.max}`;
    case "text":
    case "list":
    case "url":
    case "json":
      return variable.allowed;
  }
}

const inWords = (values: readonly string[]): string =>
  [values.slice(0, -1).join(", "), ...values.slice(-1)].filter((one) => one !== "").join(" or ");
