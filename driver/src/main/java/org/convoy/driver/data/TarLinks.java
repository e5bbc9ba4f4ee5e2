package org.convoy.driver.data;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The hard and symbolic links of a tar, and where they lead. Not thread-safe. */
final class TarLinks implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Links that may follow one another, as on Linux. */
  private static final int MOST_STEPS = 40;

  private final Map<String, Link> links = new HashMap<>();

  /**
   * Where a link leads.
   *
   * @param target a path in the tar, empty if it leads out of it
   * @param offset of its header
   */
  record Link(String target, long offset) implements Serializable {}

  /** Of two links of one name the later counts, as it does when the tar is unpacked. */
  void add(String path, String target, long offset) {
    links.merge(path, new Link(target, offset), (a, b) -> a.offset() > b.offset() ? a : b);
  }

  void addAll(TarLinks other) {
    other.links.forEach((path, link) -> add(path, link.target(), link.offset()));
  }

  boolean isEmpty() {
    return links.isEmpty();
  }

  long offset(String path) {
    Link link = links.get(path);
    return link == null ? -1 : link.offset();
  }

  /** The path at the end of a chain of links; empty if it leads out of the tar, or in a circle. */
  String end(String path) {
    String at = path;
    for (int step = 0; step < MOST_STEPS; step++) {
      Link link = links.get(at);
      if (link == null) {
        return at;
      }
      at = link.target();
    }
    return "";
  }

  /** The paths whose contents links stand for, and those of the links themselves. */
  Set<String> wanted(Iterable<String> paths) {
    Set<String> wanted = new HashSet<>();
    for (String path : paths) {
      wanted.add(path);
      wanted.add(end(path));
    }
    wanted.remove("");
    return wanted;
  }

  /**
   * The path in the tar that a link leads to, empty if it leads out of it.
   *
   * @param path the link's own
   * @param target as the link states it: a hard link's is a path in the tar, a symbolic link's
   *     begins at the folder that holds the link
   */
  static String target(String path, String target, boolean isSymbolic) {
    if (!isSymbolic) {
      return DataSplit.normalise(target);
    }
    if (target.startsWith("/")) {
      return "";
    }
    Deque<String> parts = new ArrayDeque<>();
    int slash = path.lastIndexOf('/');
    String whole = slash < 0 ? target : path.substring(0, slash) + "/" + target;
    for (String part : DataSplit.normalise(whole).split("/")) {
      if (!part.equals("..")) {
        parts.addLast(part);
      } else if (parts.pollLast() == null) {
        return "";
      }
    }
    return String.join("/", parts);
  }
}
