import { z } from "zod";

/** Schemas of the HTTP API by the names that its description gives them. */
export const apiSchemas = z.registry<{ id: string }>();
