/** German: adjective, masculine noun. */

import type { Halves } from "../suggest";

const halves: Halves = {
  first:
    "Bunter Fixer Flinker Flotter Freier Froher Goldener Guter Heller Kluger Kühner Lieber Lustiger Milder Munterer Mutiger Netter Neuer Ruhiger Sanfter Schlauer Schneller Sonniger Starker Stiller Stolzer Treuer Wacher Weiser Wilder".split(
      " ",
    ),
  second:
    "Adler Bär Biber Dachs Delfin Elch Esel Falke Fink Fuchs Hahn Hamster Hase Hecht Hirsch Igel Kater Komet Kranich Lachs Löwe Luchs Otter Panda Pinguin Rabe Specht Storch Tiger Wal".split(
      " ",
    ),
};

export default halves;
