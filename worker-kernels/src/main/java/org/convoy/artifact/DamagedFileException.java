package org.convoy.artifact;

import java.io.IOException;

/** A file is truncated, was changed, or is not of its format. */
public final class DamagedFileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String file;

  /**
   * @param file name of the file as the user knows it
   * @param part the wrong part of the file: a tensor, the header, a digest
   * @param expected expected content
   * @param got actual content
   */
  public DamagedFileException(String file, String part, Object expected, Object got) {
    super(file + ": " + part + ": expected " + expected + ", got " + got);
    this.file = file;
  }

  /**
   * @param file name of the file as the user knows it
   * @param problem what is wrong, with the expected and the actual content
   */
  public DamagedFileException(String file, String problem) {
    super(file + ": " + problem);
    this.file = file;
  }

  /** The damaged file. */
  public String file() {
    return file;
  }
}
