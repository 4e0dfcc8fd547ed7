// What a camera sees of a QR drawn by `qrcode` as SVG: the dark modules of its stroked path, as pixels.

const PIXELS_PER_MODULE = 4;

export function rasterOf(svg: string): { data: Uint8ClampedArray; width: number; height: number } {
  const size = Number(/viewBox="0 0 (\d+) \d+"/.exec(svg)?.[1]);
  const path = /stroke="#000000" d="([^"]+)"/.exec(svg)?.[1] ?? '';
  const width = size * PIXELS_PER_MODULE;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  let [x, y] = [0, 0];
  for (const [, command, numbers = ''] of path.matchAll(/([Mmh])([^Mmh]+)/g)) {
    const [first = 0, second = 0] = numbers.trim().split(/[ ,]+/).map(Number);
    if (command === 'M') [x, y] = [first, second];
    if (command === 'm') [x, y] = [x + first, y + second];
    if (command === 'h') {
      for (let module = 0; module < first; module++) darken(data, width, x + module, Math.floor(y));
      x += first;
    }
  }
  return { data, width, height: width };
}

function darken(data: Uint8ClampedArray, width: number, column: number, row: number): void {
  for (let dy = 0; dy < PIXELS_PER_MODULE; dy++) {
    const start = ((row * PIXELS_PER_MODULE + dy) * width + column * PIXELS_PER_MODULE) * 4;
    for (let dx = 0; dx < PIXELS_PER_MODULE; dx++) data.fill(0, start + dx * 4, start + dx * 4 + 3);
  }
}
