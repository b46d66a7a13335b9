/** Spanish: masculine noun, adjective. */

import type { Halves } from "../suggest";

const halves: Halves = {
  first:
    "Búho Caballo Camello Castor Ciervo Cisne Colibrí Cometa Cóndor Conejo Delfín Erizo Gato Halcón Hámster Koala León Lince Loro Mapache Mirlo Oso Panda Pato Pavo Pingüino Puma Tejón Tigre Zorro".split(
      " ",
    ),
  second:
    "Ágil Alegre Amable Astuto Atento Audaz Azul Brillante Bueno Cortés Curioso Dorado Fiel Feliz Fuerte Genial Hábil Libre Listo Lunar Noble Polar Rápido Sabio Sereno Solar Tenaz Tranquilo Valiente Veloz".split(
      " ",
    ),
};

export default halves;
