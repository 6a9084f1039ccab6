export { oneOfProblems } from "./one-of.ts";
export { below, describeProblem, describeProblems, shown, type Problem } from "./problem.ts";
export { InvalidArguments, problems, type Problems } from "./problems.ts";
