/** French: masculine noun, adjective. */

import type { Halves } from "../suggest";

const halves: Halves = {
  first:
    "Aigle Ami Blaireau Castor Cerf Chat Cheval Colibri Coq Cygne Dauphin Écureuil Faucon Hamster Hérisson Hibou Koala Lapin Lion Loup Lynx Merle Ours Panda Perroquet Phoque Pinson Renard Saumon Tigre".split(
      " ",
    ),
  second:
    "Agile Aimable Astucieux Brave Calme Célèbre Content Curieux Doré Doux Drôle Fidèle Fier Fort Futé Gai Génial Habile Heureux Joyeux Libre Lunaire Malin Noble Polaire Rapide Rusé Sage Solaire Vif".split(
      " ",
    ),
};

export default halves;
