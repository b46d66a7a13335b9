/** Digits as the keyboards of other scripts type them. */

/** The text with 0 to 9 for Arabic, Persian and Devanagari digits, and for the signs that stand between Arabic ones. */
export function plainDigits(text: string): string {
  return text
    .replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) % 16))
    .replace(/[०-९]/g, (digit) => String((digit.charCodeAt(0) % 16) - 6))
    .replace(/٫/g, ".")
    .replace(/٬/g, ",");
}
