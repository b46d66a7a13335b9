/** What the build uses of Node, whose types the pages do without. */
declare module "node:zlib" {
  export const constants: { BROTLI_PARAM_SIZE_HINT: number };
  export function brotliCompressSync(content: Uint8Array, options?: { params?: Record<number, number> }): Uint8Array;
  export function gzipSync(content: Uint8Array, options?: { level?: number }): Uint8Array;
}
