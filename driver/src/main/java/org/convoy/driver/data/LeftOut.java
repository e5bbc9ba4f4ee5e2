package org.convoy.driver.data;

/** Why something that was seen in a data set is no sample of it. */
enum LeftOut {
  /** A file whose name is not that of an image. */
  NO_IMAGE("no image by its name", false),
  /** A folder that is not entered, or a file in one; see {@link ImageNames#isHidden}. */
  HIDDEN("hidden", false),
  /** A link that leads to nothing, out of its tar, or to a folder in its tar. */
  BROKEN_LINK("a link that leads to no file", true),
  /** A link to a folder that is listed already, or to one that holds the link. */
  REPEATED_FOLDER("a link to a folder that is listed already", true),
  /** Bytes after the end-of-archive blocks of a tar. */
  AFTER_THE_END("bytes after the end of the archive that are no tar", true);

  private final String reason;
  private final boolean isSuspicious;

  LeftOut(String reason, boolean isSuspicious) {
    this.reason = reason;
    this.isSuspicious = isSuspicious;
  }

  /** In words, for a message that names what was left out. */
  String reason() {
    return reason;
  }

  /** Whether the user may have meant it as data, so that a warning is due. */
  boolean isSuspicious() {
    return isSuspicious;
  }
}
