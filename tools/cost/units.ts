/** Bytes of what Cloud Storage bills by. */
export const GIB = 2 ** 30;
/** Bytes of a decimal terabyte. */
export const TB = 1e12;
/** Bytes of a binary terabyte. */
export const TIB = 2 ** 40;
/** Bytes of a decimal megabyte. */
export const MB = 1e6;

/** Days of a month of the model, as in the archive ladder's own estimates. */
export const MONTH_DAYS = 30;
