import {
  givenNameProblems,
  grantees,
  positionWarnings,
  type Grantee,
  type GranteeIdentity,
} from "../identity/grants.ts";
import type { Problem } from "../validation/index.ts";
import type { ImageRepository } from "./encoder-cluster-args.ts";

/** The repositories that nodes pull from, each with a name for the grant. */
export const grantedRepositories = (
  projectId: string,
  repositories: readonly ImageRepository[],
): Grantee<ImageRepository>[] => grantees(repositories, (one) => identityOf(projectId, one));

/** Problems of the names of the grants. */
export const imageRepositoryProblems = (path: string, repositories: readonly ImageRepository[]): Problem[] =>
  givenNameProblems(
    path,
    repositories.map(({ name }) => name),
  );

/** Warns if grants on repositories are named by list position. */
export const imageRepositoryWarnings = (
  path: string,
  projectId: string,
  repositories: readonly ImageRepository[],
): string[] =>
  positionWarnings(
    path,
    repositories.map((one) => identityOf(projectId, one)),
    "give it a name.",
  );

function identityOf(
  projectId: string,
  { location, repository, name, ...own }: ImageRepository,
): GranteeIdentity {
  const parts = [own.projectId ?? projectId, location, repository];
  const known = parts.filter((part) => typeof part === "string");
  return {
    given: name,
    ...(known.length === parts.length && {
      content: { text: known.join("/"), short: known.at(-1) ?? "" },
    }),
  };
}
