// The camera of a phone: what a person scans is what the screen shows, not what the markup says.
import { inflateSync } from 'node:zlib';
import jsQR from 'jsqr';
import type { Page } from 'playwright-core';

const TRIES = 5;

/** The text of the QR code on the page. Throws when no code can be read. */
export async function scan(page: Page, selector: string): Promise<string> {
  const { data, width, height } = decodePng(await photograph(page, selector));
  const read = jsQR.default(data, width, height);
  if (!read) throw new Error('the camera finds no QR code on the screen');
  return read.data;
}

/** A page that reloads itself may go away under the camera; a person holds the phone a moment longer. */
async function photograph(page: Page, selector: string): Promise<Buffer> {
  for (let attempt = 1; ; attempt++) {
    try {
      await page.waitForLoadState('load');
      return await page.locator(selector).screenshot({ timeout: 10_000 });
    } catch (error) {
      if (attempt === TRIES) throw error;
    }
  }
}

interface Picture {
  /** RGBA, row by row. */
  data: Uint8ClampedArray;
  width: number;
  height: number;
}

const SIGNATURE_BYTES = 8;

/** PNG (ISO/IEC 15948) as Chromium writes it: 8 bits per channel, RGB or RGBA, not interlaced. */
function decodePng(png: Buffer): Picture {
  const packed: Buffer[] = [];
  let [width, height, channels] = [0, 0, 4];
  for (let at = SIGNATURE_BYTES; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR')
      [width, height, channels] = [body.readUInt32BE(0), body.readUInt32BE(4), body[9] === 2 ? 3 : 4];
    if (type === 'IDAT') packed.push(body);
    at += length + 12;
  }
  return { data: toRgba(inflateSync(Buffer.concat(packed)), width, height, channels), width, height };
}

function toRgba(raw: Buffer, width: number, height: number, channels: number): Uint8ClampedArray {
  const stride = width * channels;
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1);
    const row = unfilter(raw[start] ?? 0, raw.subarray(start + 1, start + 1 + stride), above, channels);
    for (let x = 0; x < width; x++) rgba.set(row.subarray(x * channels, x * channels + 3), (y * width + x) * 4);
    above = row;
  }
  return rgba;
}

/** The five filters of PNG §9. */
function unfilter(filter: number, line: Uint8Array, above: Uint8Array, channels: number): Uint8Array<ArrayBuffer> {
  const row = Uint8Array.from(line);
  for (let x = 0; x < row.length; x++) {
    const left = row[x - channels] ?? 0;
    const up = above[x] ?? 0;
    const corner = above[x - channels] ?? 0;
    const predictions = [0, left, up, (left + up) >> 1, paeth(left, up, corner)];
    row[x] = (row[x] ?? 0) + (predictions[filter] ?? 0);
  }
  return row;
}

function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}
