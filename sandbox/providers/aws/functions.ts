import { string } from "../fields.ts";
import { type FunctionModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { textOf } from "../values.ts";
import { accountOf } from "./common.ts";

const getCallerIdentity: FunctionModel = {
  token: "aws:index/getCallerIdentity:getCallerIdentity",
  fields: { id: string() },
  call: (_args, { config }) => {
    const accountId = accountOf(config);
    return { id: accountId, accountId, arn: `arn:aws:iam::${accountId}:user/local`, userId: "AIDALOCAL" };
  },
};

const getPartition: FunctionModel = {
  token: "aws:index/getPartition:getPartition",
  fields: { id: string() },
  call: () => ({
    id: "aws",
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
};

const getRegion: FunctionModel = {
  token: "aws:index/getRegion:getRegion",
  fields: { id: string(), region: string(), name: string() },
  call: (args, { config }) => {
    const region = textOf(args["region"]) ?? textOf(args["name"]) ?? textOf(config["region"]);
    if (region === undefined)
      throw new Refusal(
        "no region: set the provider's, or the stack's, such as by --config aws:region=REGION",
      );
    return { id: region, region, name: region, endpoint: `ec2.${region}.amazonaws.com`, description: region };
  },
};

export const functions = [getCallerIdentity, getPartition, getRegion];
