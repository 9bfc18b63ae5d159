// Builds the front-end assets: `npm run build`.
//
//   webapp/static/scss/*.scss (no leading underscore)  -> dist/<name>-<hash>.css
//   webapp/static/js/*.js                              -> dist/<name>-<hash>.js   (each one an entry; shared code in js/lib/)
//   chosen files of npm packages                       -> vendor/ and dist/<name>-<hash>.js
//
// dist/manifest.json maps logical names to hashed files; every text file gets a .gz copy beside it.
// The new dist replaces the old one only when everything was built.

import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { existsSync, watch } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";

import * as esbuild from "esbuild";
import * as sass from "sass";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const STATIC = join(ROOT, "webapp", "static");
const PACKAGES = join(ROOT, "node_modules");
/** A web view of 2019 and what is newer; tests/architecture/test_bundles.py reads the bundles for anything above it. */
const SCRIPT_TARGET = ["es2018", "chrome74"];
const STYLE_TARGET = ["chrome74", "edge79", "firefox78", "safari13"];

/** Logical name -> file inside node_modules. Loaded as classic scripts: they share the global `htmx`. */
const VENDOR = {
  "htmx.js": "htmx.org/dist/htmx.min.js",
  "sse.js": "htmx-ext-sse/dist/sse.min.js",
};

const hashOf = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 10);

async function entries(folder, ending) {
  const path = join(STATIC, folder);
  if (!existsSync(path)) return [];
  const names = (await readdir(path)).filter((name) => name.endsWith(ending) && !name.startsWith("_"));
  return names.filter((name) => !name.endsWith(".d.ts")).sort().map((name) => join(path, name));
}

async function style(path) {
  const { css } = sass.compile(path, {
    style: "compressed",
    loadPaths: [PACKAGES],
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  });
  const lowered = await esbuild.transform(css, { loader: "css", minify: true, target: STYLE_TARGET });
  return Buffer.from(lowered.code);
}

async function script(path) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [path],
    bundle: true,
    minify: true,
    format: "esm",
    target: SCRIPT_TARGET,
    legalComments: "none",
    write: false,
    logLevel: "warning",
  });
  return Buffer.from(outputFiles[0].contents);
}

async function build() {
  const dist = join(STATIC, "dist");
  const fresh = join(STATIC, `.dist-${process.pid}`);
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  await mkdir(join(STATIC, "vendor"), { recursive: true });

  /** @type {Record<string, string>} */
  const manifest = {};
  const sizes = [];
  const emit = async (name, bytes) => {
    const dot = name.lastIndexOf(".");
    const hashed = `${name.slice(0, dot)}-${hashOf(bytes)}${name.slice(dot)}`;
    const packed = gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION });
    await writeFile(join(fresh, hashed), bytes);
    await writeFile(join(fresh, `${hashed}.gz`), packed);
    manifest[name] = hashed;
    sizes.push(`${name} ${(bytes.length / 1024).toFixed(1)} KB, ${(packed.length / 1024).toFixed(1)} KB compressed`);
  };

  for (const path of await entries("scss", ".scss")) {
    await emit(basename(path).replace(/\.scss$/, ".css"), await style(path));
  }
  for (const [name, path] of Object.entries(VENDOR)) {
    const bytes = await readFile(join(PACKAGES, path));
    await writeFile(join(STATIC, "vendor", name), bytes);
    const { code } = await esbuild.transform(bytes, { target: SCRIPT_TARGET, minify: true, legalComments: "none" });
    await emit(name, Buffer.from(code));
  }
  for (const path of await entries("js", ".js")) {
    await emit(basename(path), await script(path));
  }
  await writeFile(join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);

  // Pages that are open keep their old files: hashed names never clash, so old ones may stay a while.
  if (existsSync(dist)) {
    const manifestOld = join(dist, "manifest.json");
    const kept = existsSync(manifestOld) ? Object.values(JSON.parse(await readFile(manifestOld, "utf8"))) : [];
    for (const name of kept) {
      for (const file of [name, `${name}.gz`]) {
        const from = join(dist, file);
        if (existsSync(from) && !existsSync(join(fresh, file))) await cp(from, join(fresh, file));
      }
    }
  }
  await rm(dist, { recursive: true, force: true });
  await rename(fresh, dist);
  console.log(sizes.join("\n"));
}

await build();
if (process.argv.includes("--watch")) {
  let waiting;
  for (const folder of ["scss", "js"]) {
    watch(join(STATIC, folder), { recursive: true }, () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => build().catch((error) => console.error(error.message)), 150);
    });
  }
}
