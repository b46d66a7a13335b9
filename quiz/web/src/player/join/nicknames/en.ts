/** English: adjective, noun. */

import type { Halves } from "../suggest";

const halves: Halves = {
  first:
    "Brave Bright Calm Clever Cosmic Curious Dancing Eager Fancy Flying Friendly Funny Gentle Golden Happy Jolly Kind Lucky Merry Mighty Nimble Polite Quick Quiet Silver Smiling Sunny Swift Witty Wise".split(
      " ",
    ),
  second:
    "Badger Beaver Camel Comet Dolphin Eagle Falcon Fox Giraffe Hamster Hedgehog Heron Koala Lemur Llama Lynx Maple Otter Owl Panda Parrot Penguin Pigeon Puffin Rabbit Robin Salmon Tiger Turtle Walrus".split(
      " ",
    ),
};

export default halves;
