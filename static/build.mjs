// Makes static/built/ from static/src/ and the few third-party files that pages load.
// One call, no bundler: the stylesheet through sass, everything else copied under a stable name.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const modules = join(root, "node_modules");
const built = join(here, "built");

const FONT = "@fontsource/atkinson-hyperlegible-next";
const FACES = ["400-normal", "400-italic", "600-normal", "700-normal"];
const SUBSETS = ["latin", "latin-ext"];
const LEAFLET = ["leaflet.js", "leaflet.css", "images"];

rmSync(built, { recursive: true, force: true });
mkdirSync(join(built, "css"), { recursive: true });

for (const name of ["app", "admin"]) {
  const { css } = sass.compile(join(here, "src", "scss", `${name}.scss`), {
    loadPaths: [modules],
    style: "compressed",
    quietDeps: true,
  });
  writeFileSync(join(built, "css", `${name}.css`), css);
}

cpSync(join(here, "src", "js"), join(built, "js"), { recursive: true });
cpSync(join(here, "src", "img"), join(built, "img"), { recursive: true });

for (const subset of SUBSETS) {
  for (const face of FACES) {
    const file = `atkinson-hyperlegible-next-${subset}-${face}.woff2`;
    cpSync(join(modules, FONT, "files", file), join(built, "fonts", file));
  }
}

for (const name of LEAFLET) {
  cpSync(join(modules, "leaflet", "dist", name), join(built, "leaflet", name), { recursive: true });
}
// The map file it points to is not shipped: a manifest storage would refuse the dangling name.
const leaflet = join(built, "leaflet", "leaflet.js");
writeFileSync(leaflet, readFileSync(leaflet, "utf8").replace(/^\/\/# sourceMappingURL=.*$/m, ""));
