import type * as pulumi from "@pulumi/pulumi";

/** An issuer of cert-manager that makes certificates for authorities: a CA issuer, Vault, or self-signed; no ACME. */
export interface CertManagerIssuer {
  /** Name of the Issuer or ClusterIssuer. */
  readonly name: string;
  /** Issuer, in the coordinator's namespace, or ClusterIssuer. @default "ClusterIssuer" */
  readonly kind?: string;
  /** Certificate of the authority behind the issuer, in PEM: what workers and KEDA trust. Several may follow one another. */
  readonly caCertificate: pulumi.Input<string>;
}

/** How the coordinator proves who it is, and who vouches for it. */
export interface CoordinatorTls {
  /**
   * Names of the authorities that the stack makes, each with a key of its own in the state, 1 to 4: the first one issues,
   * and workers trust all of them. To change the key, add a name, bring the stack up, put it first, bring the stack up, and
   * remove the old one. @default ["a"]
   */
  readonly authorities?: string[];
  /** Has cert-manager make the coordinator's authority instead. @default the stack makes it */
  readonly certManager?: CertManagerIssuer;
  /** Further host names and addresses that it is reached by, in its certificates: a load balancer's. @default none */
  readonly names?: string[];
  /**
   * Serves plain HTTP at port 80 besides, for workers and clients of a release without TLS, until they are gone. Jobs with
   * customer-supplied keys are refused there. @default false
   */
  readonly plaintext?: boolean;
}
