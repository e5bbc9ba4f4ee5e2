package org.convoy.driver.data;

/** Where an executor keeps the bytes of samples that it has read, for later epochs. */
public enum CachePlace {
  /** Nowhere. */
  NONE,
  /** In native memory. */
  MEMORY,
  /** In a file on a disk of its machine. */
  DISK
}
