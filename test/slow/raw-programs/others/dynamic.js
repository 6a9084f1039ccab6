import * as pulumi from "@pulumi/pulumi";

const announced = {
  create: (inputs) => Promise.resolve({ id: inputs.channel, outs: inputs }),
};
class Announcement extends pulumi.dynamic.Resource {
  constructor(name, args, opts) {
    super(announced, name, { ...args, postedAt: undefined }, opts);
  }
}
const announcement = new Announcement("release", { channel: "#studio", text: "out now" });
export const postedAt = announcement.postedAt;
