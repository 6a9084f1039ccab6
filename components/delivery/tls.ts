import { oneOfProblems, type Problem } from "../validation/index.ts";

/** The oldest TLS version to take. Older ones than these are refused. */
export const MinTlsVersion = { TLS_1_2: "TLS_1_2", TLS_1_3: "TLS_1_3" } as const;
export type MinTlsVersion = (typeof MinTlsVersion)[keyof typeof MinTlsVersion];

/** Sets of ciphers. Source: https://docs.cloud.google.com/load-balancing/docs/ssl-policies-concepts */
export const TlsProfile = { MODERN: "MODERN", RESTRICTED: "RESTRICTED" } as const;
export type TlsProfile = (typeof TlsProfile)[keyof typeof TlsProfile];

/** TLS versions and ciphers. */
export interface TlsSettings {
  /** `TLS_1_3` needs profile `RESTRICTED`. @default "TLS_1_2" */
  readonly minVersion?: MinTlsVersion;
  /**
   * Which cipher suites are offered.
   * @default "MODERN", or "RESTRICTED" with `TLS_1_3`
   */
  readonly profile?: TlsProfile;
}

/** TLS settings with their defaults. */
export function tlsOf({ minVersion = MinTlsVersion.TLS_1_2, profile }: TlsSettings): Required<TlsSettings> {
  const fitting = minVersion === MinTlsVersion.TLS_1_3 ? TlsProfile.RESTRICTED : TlsProfile.MODERN;
  return { minVersion, profile: profile ?? fitting };
}

/** Problems of TLS settings; paths begin with `tls`. */
export function tlsProblems(tls: TlsSettings): Problem[] {
  const { minVersion, profile } = tlsOf(tls);
  const unfit = minVersion === MinTlsVersion.TLS_1_3 && profile === TlsProfile.MODERN;
  return [
    ...oneOfProblems("tls.minVersion", minVersion, MinTlsVersion, " or "),
    ...oneOfProblems("tls.profile", profile, TlsProfile, " or "),
    ...(unfit
      ? [
          {
            path: "tls.profile",
            given: `${profile} with ${minVersion}`,
            allowed: TlsProfile.RESTRICTED,
            because: "Google takes TLS 1.3 as the oldest version with that profile only.",
            fix: "leave profile out, or take TLS_1_2",
          },
        ]
      : []),
  ];
}
