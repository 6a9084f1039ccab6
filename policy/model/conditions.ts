/**
 * Whether a grant's condition can hold for objects of a bucket; undefined if unknown. Reads CEL expressions on resource
 * names and types, joined by `&&`, `||`, `!` and parentheses. Conditions on time are assumed to hold.
 *
 * Sources: https://docs.cloud.google.com/iam/docs/conditions-attribute-reference,
 * https://docs.cloud.google.com/iam/docs/conditions-resource-attributes#resource-name
 */
export function conditionMayHold(expression: string, bucketName: string | undefined): boolean | undefined {
  const tokens = tokensOf(expression);
  if (tokens === undefined) return undefined;
  let at = 0;
  const anyOf = (): Truth => {
    let truth = allOf();
    while (tokens[at] === "||") {
      at++;
      const other = allOf();
      truth = { may: or(truth.may, other.may), mayNot: and(truth.mayNot, other.mayNot) };
    }
    return truth;
  };
  const allOf = (): Truth => {
    let truth = one();
    while (tokens[at] === "&&") {
      at++;
      const other = one();
      truth = { may: and(truth.may, other.may), mayNot: or(truth.mayNot, other.mayNot) };
    }
    return truth;
  };
  const one = (): Truth => {
    const token = tokens[at++];
    if (token === "!") {
      const { may, mayNot } = one();
      return { may: mayNot, mayNot: may };
    }
    if (token !== "(") return truthOf(token ?? "", bucketName);
    const inner = anyOf();
    at++;
    return inner;
  };
  const { may } = anyOf();
  return at === tokens.length ? may : undefined;
}

type Maybe = boolean | undefined;

/** Whether a term holds for some object of the bucket, and whether it fails for some. */
interface Truth {
  readonly may: Maybe;
  readonly mayNot: Maybe;
}

function and(one: Maybe, other: Maybe): Maybe {
  if (one === false || other === false) return false;
  return one === true && other === true ? true : undefined;
}

function or(one: Maybe, other: Maybe): Maybe {
  if (one === true || other === true) return true;
  return one === false && other === false ? false : undefined;
}

/** Operators, parentheses and terms: a comparison, or a call of a function with its arguments. */
const TOKEN =
  /\s*(&&|\|\||!(?!=)|\(|\)|[\w.]+(?:\((?:"[^"]*"|'[^']*'|[^()"'])*\)(?:\.\w+\((?:"[^"]*"|'[^']*'|[^()"'])*\))*)?(?:\s*(?:==|!=|<=|>=|<|>)\s*(?:"[^"]*"|'[^']*'|\w+(?:\((?:"[^"]*"|'[^']*')\))?))?)\s*/y;

function tokensOf(expression: string): string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.length) {
    const token = TOKEN.exec(expression)?.[1];
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens;
}

const UNREAD: Truth = { may: undefined, mayNot: undefined };

function truthOf(term: string, bucketName: string | undefined): Truth {
  if (/^request\.time\b/.test(term)) return { may: true, mayNot: true };
  const [, prefix] = /^resource\.name\.startsWith\(\s*["'](.*)["']\s*\)$/.exec(term) ?? [];
  if (prefix !== undefined) return truthOfPrefix(prefix, bucketName);
  const [, attribute, operator, value = ""] =
    /^resource\.(name|type|service)\s*(==|!=)\s*["'](.*)["']$/.exec(term) ?? [];
  if (attribute === undefined) return UNREAD;
  const truth = attribute === "name" ? truthOfName(value, bucketName) : truthOfKind(attribute, value);
  return operator === "!=" ? { may: truth.mayNot, mayNot: truth.may } : truth;
}

/** Writers write objects. */
function truthOfKind(attribute: string, value: string): Truth {
  const holds = value === (attribute === "type" ? "storage.googleapis.com/Object" : "storage.googleapis.com");
  return { may: holds, mayNot: !holds };
}

function truthOfPrefix(prefix: string, bucketName: string | undefined): Truth {
  if (bucketName === undefined) return UNREAD;
  const bucket = `projects/_/buckets/${bucketName}`;
  const holdsForAll = `${bucket}/objects/`.startsWith(prefix);
  return { may: holdsForAll || prefix.startsWith(`${bucket}/`), mayNot: !holdsForAll };
}

function truthOfName(name: string, bucketName: string | undefined): Truth {
  if (bucketName === undefined) return UNREAD;
  return { may: name.startsWith(`projects/_/buckets/${bucketName}/`), mayNot: true };
}
