package org.convoy.driver.data;

/** Picks the classes and images of one split out of a tar's entries. */
final class TarSplitVisitor implements TarScanner.Visitor {

  private final String uri;
  private final String prefix;
  private final SampleIndexBuilder found = new SampleIndexBuilder();

  /** Takes the tar's URI and the split's path in it, empty for the root. */
  TarSplitVisitor(String uri, String split) {
    this.uri = uri;
    this.prefix = split.isEmpty() ? "" : split + "/";
  }

  SampleIndexBuilder found() {
    return found;
  }

  @Override
  public void folder(String path) {
    if (!path.startsWith(prefix)) {
      neighbour(path);
      return;
    }
    int slash = path.indexOf('/', prefix.length());
    String className =
        slash < 0 ? path.substring(prefix.length()) : path.substring(prefix.length(), slash);
    if (className.isEmpty() || ImageNames.isHidden(className)) {
      return;
    }
    if (slash < 0) {
      found.addClass(className);
    } else if (path.indexOf('/', slash + 1) < 0) {
      found.addFolderInClass(className);
    }
  }

  @Override
  public void file(String path, long offset, long length) throws DataSetException {
    if (!path.startsWith(prefix)) {
      neighbour(path);
      return;
    }
    int slash = path.indexOf('/', prefix.length());
    int nameStart = path.lastIndexOf('/') + 1;
    if (slash < 0 || ImageNames.isHidden(path.substring(prefix.length(), slash))) {
      found.ignore();
    } else if (nameStart == slash + 1 && ImageNames.isImage(path.substring(nameStart))) {
      found.add(
          path.substring(prefix.length(), slash), path.substring(nameStart), uri, offset, length);
    } else {
      found.ignore();
    }
  }

  @Override
  public void other(String path) {
    if (path.startsWith(prefix)) {
      found.ignore();
    }
  }

  private void neighbour(String path) {
    int slash = path.indexOf('/');
    if (slash > 0) {
      found.addNeighbour(path.substring(0, slash));
    }
  }
}
