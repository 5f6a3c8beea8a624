// Bundles the third-party code that pages load. Run by hatch_build.py as
//   node assets/build.mjs OUTPUT_FOLDER
// esbuild is called through its JS API: its bin is a script or a binary
// depending on whether install scripts ran, and here they never do.
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "..", "node_modules");
const output = process.argv[2];

// MapLibre looks for its worker beside the module that it was loaded from, by
// this name. Without it the map stays blank and only an `error` event tells.
const BESIDE = [["maplibre-gl", "dist/maplibre-gl-worker.mjs"]];
// Fonts of what is printed as PDF, where no machine's own fonts are asked for.
const FONTS = [
  ["@expo-google-fonts/noto-sans", "NotoSans"],
  ["@expo-google-fonts/noto-sans-arabic", "NotoSansArabic"],
];
const WEIGHTS = ["400Regular", "700Bold"];
const STYLES = { "maplibre-gl": "maplibre-gl/dist/maplibre-gl.css", uplot: "uplot/dist/uPlot.min.css" };

async function bundle() {
  const result = await build({
    absWorkingDir: join(here, ".."),
    bundle: true,
    entryNames: "[name]",
    entryPoints: [
      { in: join(here, "maplibre-gl.js"), out: "maplibre-gl" },
      { in: join(here, "uplot.js"), out: "uplot" },
    ],
    format: "esm",
    legalComments: "inline",
    logLevel: "warning",
    metafile: true,
    minify: true,
    outdir: output,
    outExtension: { ".js": ".mjs" },
    target: ["chrome111", "firefox115", "safari16.4"],
  });
  return Object.keys(result.metafile.inputs);
}

async function copyWithoutMap(from, to) {
  // A source map that is not shipped would be a broken link at every debugging.
  const text = await readFile(from, "utf8");
  await writeFile(to, text.replace(/\n\/\/# sourceMappingURL=\S+\s*$/, "\n"));
}

async function styles() {
  const entryPoints = Object.entries(STYLES).map(([out, path]) => ({ in: join(modules, path), out }));
  await build({ entryPoints, legalComments: "inline", logLevel: "warning", minify: true, outdir: output });
}

function packageOf(path) {
  const parts = path.split("/");
  const at = parts.lastIndexOf("node_modules") + 1;
  return at === 0 ? null : parts.slice(at, at + (parts[at].startsWith("@") ? 2 : 1)).join("/");
}

async function licenceOf(name) {
  const folder = join(modules, name);
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const files = (await readdir(folder)).filter((entry) => /^licen[cs]e/i.test(entry)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  return `${name} ${version} (${license})\n\n${texts.map((text) => text.trim()).join("\n\n")}\n`;
}

async function licences(inputs) {
  const named = new Set([...inputs.map(packageOf), ...Object.keys(STYLES), ...FONTS.map(([name]) => name)]);
  named.delete(null);
  const texts = await Promise.all([...named].sort().map(licenceOf));
  await writeFile(join(output, "LICENSES.txt"), texts.join(`\n${"-".repeat(78)}\n\n`));
}

await mkdir(output, { recursive: true });
const inputs = await bundle();
await styles();
for (const [name, path] of BESIDE) {
  await copyWithoutMap(join(modules, name, path), join(output, path.split("/").at(-1)));
}
for (const [name, family] of FONTS) {
  for (const weight of WEIGHTS) {
    const file = `${family}_${weight}.ttf`;
    await copyFile(join(modules, name, weight, file), join(output, file));
  }
}
await licences(inputs);
