package org.convoy.artifact;

import java.io.IOException;

/** A file does not hold what it should: cut short, changed, or not of its format. */
public final class DamagedFileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String file;

  /**
   * @param file the file, as the user would name it
   * @param part what in the file: a tensor, the header, a digest
   * @param expected what should be there
   * @param got what is there
   */
  public DamagedFileException(String file, String part, Object expected, Object got) {
    super(file + ": " + part + ": expected " + expected + ", got " + got);
    this.file = file;
  }

  /**
   * @param file the file, as the user would name it
   * @param problem what is wrong with it, which says what was expected and what was got
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
