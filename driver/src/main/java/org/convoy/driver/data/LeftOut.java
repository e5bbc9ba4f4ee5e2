package org.convoy.driver.data;

/** Why something that was seen in a data set is no sample of it. */
enum LeftOut {
  /** A file whose name is not that of an image. */
  NO_IMAGE("files that are no images by their names", false),
  /** A folder that is not entered, or a file in one; see {@link ImageNames#isHidden}. */
  HIDDEN("hidden files and folders", false),
  /** A link that leads to nothing, out of its tar, or to a folder in its tar. */
  BROKEN_LINK("links that lead to no file", true),
  /** A link to a folder that is listed already, or to one that holds the link. */
  REPEATED_FOLDER("links to folders that are listed already", true),
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
