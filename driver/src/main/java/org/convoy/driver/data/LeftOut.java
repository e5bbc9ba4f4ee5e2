package org.convoy.driver.data;

/** Why an entry of a data set is not a sample. */
enum LeftOut {
  /** A file without an image name. */
  NO_IMAGE("files without an image name", false),
  /** A hidden file, or a hidden folder, which is not entered; see {@link ImageNames#isHidden}. */
  HIDDEN("hidden files and folders", false),
  /** A link whose target does not exist, is outside its tar, or is a folder in its tar. */
  BROKEN_LINK("links that lead to no file", true),
  /** A link to a folder that is already listed, or that contains the link. */
  REPEATED_FOLDER("links to folders that are already listed", true),
  /** Bytes after the end-of-archive blocks of a tar. */
  AFTER_THE_END("bytes after the end of the archive that are not a tar", true);

  private final String reason;
  private final boolean isSuspicious;

  LeftOut(String reason, boolean isSuspicious) {
    this.reason = reason;
    this.isSuspicious = isSuspicious;
  }

  /** The reason in words, for messages. */
  String reason() {
    return reason;
  }

  /** Whether the user may have meant it as data, so that a warning is needed. */
  boolean isSuspicious() {
    return isSuspicious;
  }
}
