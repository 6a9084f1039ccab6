/** Stands for the certificate of a coordinator's authority, which components pass on without looking into it. */
export const CA = "-----BEGIN CERTIFICATE-----\nMIIBMjCB2aADAgECAgEB\n-----END CERTIFICATE-----\n";
