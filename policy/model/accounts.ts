import { sourcesOf, type StackGraph } from "./graph.ts";
import { type StackResource } from "./stack-resource.ts";
import { SERVICE_ACCOUNT } from "./kinds.ts";
import { read, text, textsAt, UNKNOWN, type Known, type Path } from "./known.ts";

/**
 * Service accounts that a reference names, as keys. References to the same account have the same key, even before its
 * address is known.
 */
export interface NamedAccounts {
  readonly accounts: readonly string[];
  /** Whether it names accounts that are not known yet. */
  readonly unknown: boolean;
}

/** The accounts that the property at a path of `resource` names. */
export function accountsAt(resource: StackResource, path: Path, stack: StackGraph): NamedAccounts {
  const { known, unknown } = textsAt(resource.props, path);
  const accounts = known.map((name) => accountOf(name, stack));
  if (!unknown) return { accounts, unknown: false };
  const sources = sourcesOf(resource, path).filter((urn) => {
    const source = stack.byUrn(urn);
    return source !== undefined && SERVICE_ACCOUNT.has(source.type);
  });
  return { accounts: [...accounts, ...sources], unknown: sources.length === 0 };
}

/** The key of the account with this name: its URN if it is in this stack, otherwise its address. */
export function accountOf(name: string, stack: StackGraph): string {
  const email = emailIn(name);
  const [id = "", domain = ""] = email.split("@");
  const { byEmail, byId } = stack.once(accountsIn, accountsIn);
  const own = byEmail.get(email) ?? byId.get(id);
  if (own === undefined || (own.project !== undefined && !domain.startsWith(`${own.project}.`))) return email;
  return own.urn;
}

/** Printable name of a key's account. */
export function accountName(key: string, stack: StackGraph): string {
  const own = stack.byUrn(key);
  if (own === undefined) return key;
  return known(own, "email") ?? known(own, "accountId") ?? own.name;
}

/**
 * Its address in `serviceAccount:ADDRESS`, `projects/P/serviceAccounts/ADDRESS` or by itself. IAM takes any case of its letters.
 *
 * Source: https://docs.cloud.google.com/iam/docs/principal-identifiers
 */
function emailIn(name: string): string {
  return name.replace(/^(?:serviceAccount:|.*\/serviceAccounts\/)/, "").toLowerCase();
}

interface OwnAccount {
  readonly urn: string;
  readonly project: string | undefined;
}

interface OwnAccounts {
  readonly byEmail: ReadonlyMap<string, OwnAccount>;
  readonly byId: ReadonlyMap<string, OwnAccount>;
}

function accountsIn(stack: StackGraph): OwnAccounts {
  const byEmail = new Map<string, OwnAccount>();
  const byId = new Map<string, OwnAccount>();
  for (const resource of stack.ofKind(SERVICE_ACCOUNT)) {
    const own = { urn: resource.urn, project: known(resource, "project") };
    const email = known(resource, "email");
    const id = known(resource, "accountId");
    if (email !== undefined) byEmail.set(email.toLowerCase(), { ...own, project: undefined });
    else if (id !== undefined) byId.set(id.toLowerCase(), own);
  }
  return { byEmail, byId };
}

function known({ props }: StackResource, key: string): string | undefined {
  const value: Known<string | undefined> = read(() => text(props, key));
  return value === UNKNOWN ? undefined : value;
}

/** Default service accounts of a project, attached to resources that name none. */
export type DefaultAccount = "compute" | "appengine";

const DEFAULTS: Readonly<Record<DefaultAccount, RegExp>> = {
  compute: /^\d+-compute@developer\.gserviceaccount\.com$/,
  appengine: /@appspot\.gserviceaccount\.com$/,
};

/** The key of a default account. The project in its address is usually not known in the stack. */
export function defaultAccountKey(account: DefaultAccount): string {
  return `default:${account}`;
}

/** The key under which a program without an account of its own is found, for the account of a grant. */
export function defaultKeyOf(account: string): string | undefined {
  const found = Object.entries(DEFAULTS).find(([, form]) => form.test(account));
  return found && `default:${found[0]}`;
}
