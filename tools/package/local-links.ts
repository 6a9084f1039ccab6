/** A page without its links to files beside it, for a package that does not have those files: their texts stay. */
export function withoutLocalLinks(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]*)\]\((?![a-z]+:)[^)]*\)/g, "$1");
}
