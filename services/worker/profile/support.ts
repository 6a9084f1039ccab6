import { lacking, needsOf } from "./needs.ts";
import { encoderArguments } from "./encoders.ts";
import { nowhere, picture, vmafOptions, type Capabilities } from "./capabilities.ts";
import type { Profile } from "./schema.ts";

/** The encoder to take, or everything that this ffmpeg lacks for the profile. */
export type Support =
  { readonly encoder: Profile["video"]["encoders"][number] } | { readonly missing: readonly string[] };

/**
 * Finds out whether this ffmpeg can make the profile, by lists and by short trials: an encoder may be listed and yet not
 * work, and VMAF needs a model that is not always there.
 */
export async function supportFor(profile: Profile, capabilities: Capabilities): Promise<Support> {
  const { names } = capabilities;
  const missing: string[] = [...lacking(needsOf(profile), capabilities)];

  let chosen: Profile["video"]["encoders"][number] | undefined;
  const reasons: string[] = [];
  for (const encoder of profile.video.encoders) {
    if (!names.encoders.has(encoder.name)) {
      reasons.push(`encoder ${encoder.name}`);
      continue;
    }
    const demand = { ...encoder, maxKilobits: 500, segmentSeconds: 1, framesPerSecond: 25 };
    const reason = await capabilities.trial([
      ...picture,
      ...["-pix_fmt", "yuv420p", ...encoderArguments(encoder.name, demand)],
      ...nowhere,
    ]);
    if (reason === undefined) {
      chosen = encoder;
      break;
    }
    reasons.push(`a working encoder ${encoder.name} (${reason})`);
  }
  if (chosen === undefined) missing.push(reasons.join(" or "));

  if (profile.vmaf.enabled && names.filters.has("libvmaf")) {
    const reason = await capabilities.trial([
      ...[...picture, ...picture, "-lavfi", `libvmaf=${vmafOptions(profile.vmaf.everyNthFrame)}`],
      ...nowhere,
    ]);
    if (reason !== undefined) missing.push(`a working filter libvmaf (${reason})`);
  }
  return missing.length > 0 || chosen === undefined ? { missing } : { encoder: chosen };
}
