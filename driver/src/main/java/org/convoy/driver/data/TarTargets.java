package org.convoy.driver.data;

import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Looks up the offsets of the contents of some paths in a tar. */
final class TarTargets implements TarScanner.Visitor, Serializable {

  private static final long serialVersionUID = 1L;

  private static final Target NOTHING = new Target(-1, 0, ContentCheck.NONE);

  private final Set<String> wanted;
  private final boolean withContents;
  private final Map<String, Target> targets = new HashMap<>();

  private record Target(long offset, long length, long check) implements Serializable {}

  TarTargets(Set<String> wanted, boolean withContents) {
    this.wanted = wanted;
    this.withContents = withContents;
  }

  @Override
  public void file(String path, long offset, long length, TarScanner.Check check)
      throws IOException {
    if (wanted.contains(path)) {
      targets.put(
          path, new Target(offset, length, withContents ? check.read() : ContentCheck.NONE));
    }
  }

  /** Adds the result of a later part of the tar. */
  void addAll(TarTargets later) {
    targets.putAll(later.targets);
  }

  /** The offset of the content, or -1 if the tar has no such file. */
  long offset(String path) {
    return targets.getOrDefault(path, NOTHING).offset();
  }

  long length(String path) {
    return targets.getOrDefault(path, NOTHING).length();
  }

  long check(String path) {
    return targets.getOrDefault(path, NOTHING).check();
  }

  @Override
  public void folder(String path) {}

  @Override
  public void link(String path, String target, long offset) {}

  @Override
  public void other(String path) {}

  @Override
  public void unreadable(String path) {}

  @Override
  public void afterTheEnd(long offset, long bytes) {}
}
