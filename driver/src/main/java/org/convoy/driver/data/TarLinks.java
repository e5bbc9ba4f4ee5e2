package org.convoy.driver.data;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The hard and symbolic links of a tar, and their targets. Not thread-safe. */
final class TarLinks implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Most links in a chain, as on Linux. */
  private static final int MOST_STEPS = 40;

  private final Map<String, Link> links = new HashMap<>();

  /**
   * The target of a link.
   *
   * @param target a path in the tar, empty if it leads out of the tar
   * @param offset offset of its header
   */
  record Link(String target, long offset) implements Serializable {}

  /** If two links have the same name, the later one counts, as when the tar is unpacked. */
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

  /**
   * The path at the end of a chain of links; empty if the chain leads out of the tar or is a
   * circle.
   */
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

  /** The target paths of links, and the paths of the links themselves. */
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
   * The target path of a link in the tar, empty if it leads out of the tar.
   *
   * @param path path of the link
   * @param target target as the link states it: for a hard link a path in the tar, for a symbolic
   *     link relative to the folder of the link
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
