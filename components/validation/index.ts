export { componentNameProblems } from "./names.ts";
export { requireArguments } from "./required.ts";
export { labelProblems, type Labels } from "./labels.ts";
export { oneOfProblems } from "./one-of.ts";
export { prefixPaths, describeProblem, describeProblems, shown, type Problem } from "./problem.ts";
export { InvalidArguments, problems, type Problems } from "./problems.ts";
export { REGION_NAME, regionProblems, regionsProblems } from "./region.ts";
export { wholeNumberProblems } from "./whole-number.ts";
export { sorted } from "./sorted.ts";
