package org.convoy.driver.data;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Finds the images of a folder and of all folders in it.
 *
 * <p>Real folders come first, then folders behind symbolic links, in the order of the paths of the
 * links. Each folder is entered once: a link to a folder that was entered before, or that contains
 * the walked folder, is left out and named. So the walk ends for any links and lists no image twice
 * because of them.
 */
final class FolderWalk {

  /** Deeper folders are refused. They may be a cycle on a file system without folder identities. */
  private static final int MAX_DEPTH = 200;

  private final Folders folders;
  private final Visitor visitor;
  private final Set<Object> entered;
  private final Map<String, Path> links = new TreeMap<>();

  /** Receives the entries of the folder. Names are paths relative to it. */
  interface Visitor {
    void image(String name, long length, long modified) throws IOException;

    void folder(String name);

    void leftOut(String name, LeftOut why);
  }

  private record Folder(String name, Path path) {}

  private FolderWalk(Folders folders, Visitor visitor, Set<Object> entered) {
    this.folders = folders;
    this.visitor = visitor;
    this.entered = entered;
  }

  /**
   * Walks a folder.
   *
   * @throws DataSetException naming an image that is a named pipe, a device or a socket, an entry
   *     whose name this process cannot open, or a folder nested too deeply
   */
  static void walk(Path folder, Configuration hadoop, Visitor visitor) throws IOException {
    Folders folders = Folders.of(folder, hadoop);
    FolderWalk walk =
        new FolderWalk(folders, visitor, new HashSet<>(folders.identitiesUpwards(folder)));
    // A class folder may itself be a link, so the folders that contain the link count too.
    Path parent = folder.getParent();
    if (parent != null) {
      walk.entered.addAll(folders.identitiesUpwards(parent));
    }
    walk.enter(new Folder("", folder));
    walk.followLinks();
  }

  private void followLinks() throws IOException {
    while (!links.isEmpty()) {
      String name = links.keySet().iterator().next();
      Folder folder = new Folder(name + "/", links.remove(name));
      if (isNew(folder)) {
        enter(folder);
      }
    }
  }

  private void enter(Folder root) throws IOException {
    Deque<Folder> open = new ArrayDeque<>();
    open.push(root);
    while (!open.isEmpty()) {
      Folder folder = open.pop();
      if (folder.name().chars().filter(each -> each == '/').count() > MAX_DEPTH) {
        throw new DataSetException(
            folder.path() + " is nested too deeply: expected at most " + MAX_DEPTH + " folders");
      }
      folders.list(folder.path(), entry -> entry(folder, entry, open));
    }
  }

  /** Whether a folder is entered for the first time. The visitor is told in both cases. */
  private boolean isNew(Folder folder) throws IOException {
    String name = folder.name().substring(0, folder.name().length() - 1);
    boolean isNew = folders.identity(folder.path()).map(entered::add).orElse(true);
    if (isNew) {
      visitor.folder(name);
    } else {
      visitor.leftOut(name, LeftOut.REPEATED_FOLDER);
    }
    return isNew;
  }

  private void entry(Folder folder, Folders.Entry entry, Deque<Folder> open) throws IOException {
    String name = folder.name() + entry.name();
    boolean isImage = ImageNames.isImage(entry.name());
    switch (entry.kind()) {
      case FOLDER -> {
        Path path = Folders.child(folder.path(), entry.name());
        if (ImageNames.isHidden(entry.name())) {
          visitor.leftOut(name, LeftOut.HIDDEN);
        } else if (entry.isLink()) {
          links.put(name, path);
        } else {
          Folder inside = new Folder(name + "/", path);
          if (isNew(inside)) {
            open.push(inside);
          }
        }
      }
      case FILE -> {
        if (isImage) {
          visitor.image(name, entry.length(), entry.modified());
        } else {
          visitor.leftOut(name, LeftOut.NO_IMAGE);
        }
      }
      case SPECIAL -> {
        if (isImage) {
          throw DataFiles.special(Folders.child(folder.path(), entry.name()).toString());
        }
        visitor.leftOut(name, LeftOut.NO_IMAGE);
      }
      case BROKEN_LINK -> visitor.leftOut(name, LeftOut.BROKEN_LINK);
    }
  }
}
