package org.convoy.image.loader;

/** The stages of making one sample from file bytes, in order. */
public enum Stage {
  /** Reads the header of the image file and decides all edits. */
  OPEN,
  /** Decodes pixels. */
  DECODE,
  /** Cuts and scales. */
  RESIZE,
  /** Mirrors, and changes values. */
  AUGMENT,
  /** Normalises into the network's input. */
  PACK
}
