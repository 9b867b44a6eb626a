// Makes static/built/ from static/src/ and the few third-party files that pages load.
// One call, no bundler: the stylesheet through sass, everything else copied under a stable name.
// All of it is made beside and moved in file by file, so that who serves built/ meanwhile never misses a file.
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const modules = join(root, "node_modules");
const built = join(here, "built");
const fresh = join(here, "built.new");

const FONT = "@fontsource/atkinson-hyperlegible-next";
const FACES = ["400-normal", "400-italic", "600-normal", "700-normal"];
const SUBSETS = ["latin", "latin-ext"];
const LEAFLET = ["leaflet.js", "leaflet.css", "images"];

rmSync(fresh, { recursive: true, force: true });
mkdirSync(join(fresh, "css"), { recursive: true });

for (const name of ["app", "admin"]) {
  const { css } = sass.compile(join(here, "src", "scss", `${name}.scss`), {
    loadPaths: [modules],
    style: "compressed",
    quietDeps: true,
  });
  writeFileSync(join(fresh, "css", `${name}.css`), css);
}

cpSync(join(here, "src", "js"), join(fresh, "js"), { recursive: true });
cpSync(join(here, "src", "img"), join(fresh, "img"), { recursive: true });

for (const subset of SUBSETS) {
  for (const face of FACES) {
    const file = `atkinson-hyperlegible-next-${subset}-${face}.woff2`;
    cpSync(join(modules, FONT, "files", file), join(fresh, "fonts", file));
  }
}

for (const name of LEAFLET) {
  cpSync(join(modules, "leaflet", "dist", name), join(fresh, "leaflet", name), { recursive: true });
}
// The map file it points to is not shipped: a manifest storage would refuse the dangling name.
const leaflet = join(fresh, "leaflet", "leaflet.js");
writeFileSync(leaflet, readFileSync(leaflet, "utf8").replace(/^\/\/# sourceMappingURL=.*$/m, ""));

moveIn(fresh, built);
rmSync(fresh, { recursive: true });

// Each file takes the place of the former one in one step; what is no longer made goes last.
function moveIn(from, to) {
  mkdirSync(to, { recursive: true });
  const made = readdirSync(from, { withFileTypes: true });
  for (const each of made) {
    if (each.isDirectory()) moveIn(join(from, each.name), join(to, each.name));
    else renameSync(join(from, each.name), join(to, each.name));
  }
  const kept = new Set(made.map((each) => each.name));
  for (const name of readdirSync(to)) if (!kept.has(name)) rmSync(join(to, name), { recursive: true });
}
