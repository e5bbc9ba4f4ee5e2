package org.convoy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The documents name nothing that is not there: links, paths, classes, keys of recipes. What they
 * say of recipes is held by {@link RecipesInDocumentsTest}, what they must not leave out by {@link
 * GuideTest}, and commands by {@code CommandsInDocumentsTest}.
 */
final class DocumentsTest {
  private static final Path REFERENCE =
      Documents.HOME.resolve(
          "driver/src/main/resources/org/convoy/driver/config/convoy-reference.conf");

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");
  private static final Pattern ANCHOR = Pattern.compile("\\]\\(([^)#:]*)#([^)]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
  private static final Pattern PATH =
      Pattern.compile("(?:conf|deploy|docs|driver|jobs|worker-kernels|\\.ci)/[\\w./-]*\\w");
  private static final Pattern CLASS = Pattern.compile("(?<![\\w@.-])(?:[A-Z][a-z0-9]+){2,}\\b");
  private static final Pattern DECLARATION =
      Pattern.compile("\\b(?:class|record|interface|enum|@interface) ([A-Z]\\w*)");
  private static final Pattern KEY = Pattern.compile("([a-z][a-z0-9-]*)(\\.[a-z][a-z0-9-]*)+");
  private static final Pattern KEY_LINE = Pattern.compile("\\s*([a-z][a-z0-9-]*)\\s*[={].*");

  @Test
  void linksLeadSomewhere() {
    List<String> broken = new ArrayList<>();
    for (Path document : Documents.all()) {
      Documents.matches(LINK, Documents.read(document))
          .map(link -> link.group(1))
          .filter(link -> !Files.exists(document.resolveSibling(link)))
          .forEach(link -> broken.add(Documents.name(document) + ": " + link));
    }
    assertEquals(List.of(), broken);
  }

  @Test
  void headingsThatLinksNameExist() {
    List<String> broken = new ArrayList<>();
    for (Path document : Documents.all()) {
      Documents.matches(ANCHOR, Documents.read(document))
          .filter(
              link -> {
                Path target =
                    link.group(1).isEmpty() ? document : document.resolveSibling(link.group(1));
                return !headings(target).contains(link.group(2));
              })
          .forEach(link -> broken.add(Documents.name(document) + ": " + link.group()));
    }
    assertEquals(List.of(), broken);
  }

  /** The anchors of a document's headings, as GitHub makes them. */
  private static List<String> headings(Path document) {
    return Documents.matches(HEADING, Documents.read(document))
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
        .toList();
  }

  @Test
  void pathsExist() {
    List<String> missing = new ArrayList<>();
    for (Path document : Documents.all()) {
      Documents.matches(PATH, Documents.read(document).replaceAll("\\]\\([^)]*\\)", ""))
          .map(MatchResult::group)
          .filter(path -> !path.contains("/target/") && !path.contains("/..."))
          .filter(path -> !path.contains("NAME") && !path.contains("NNN"))
          .filter(path -> !Files.exists(Documents.HOME.resolve(path)))
          .forEach(path -> missing.add(Documents.name(document) + ": " + path));
    }
    assertEquals(List.of(), missing);
  }

  @Test
  void classesExist() {
    Set<String> declared =
        sources().stream()
            .flatMap(
                source ->
                    Documents.matches(DECLARATION, Documents.read(source))
                        .map(type -> type.group(1)))
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(declared.contains("DocumentsTest"), "the sources are found");
    List<String> unknown = new ArrayList<>();
    for (Path document : Documents.all()) {
      Documents.words(document)
          .flatMap(word -> Documents.matches(CLASS, word))
          .map(MatchResult::group)
          .filter(name -> !declared.contains(name) && !ofOthers(name))
          .forEach(name -> unknown.add(Documents.name(document) + ": " + name));
    }
    assertEquals(List.of(), unknown);
  }

  /** Names of Java's own and of libraries that documents speak of. */
  private static boolean ofOthers(String name) {
    try {
      Class.forName("java.lang." + name);
      return true;
    } catch (ClassNotFoundException e) {
      return Set.of("AutoCloseable", "TransportContext", "SparkApplication").contains(name);
    }
  }

  @Test
  void keysOfRecipesExist() {
    Config reference = ConfigFactory.parseFile(REFERENCE.toFile());
    List<String> unknown = new ArrayList<>();
    for (Path document : Documents.all()) {
      Documents.words(document)
          .map(word -> word.replaceFirst("\\s*=.*", ""))
          .filter(word -> KEY.matcher(word).matches())
          .filter(word -> reference.hasPathOrNull(word.substring(0, word.indexOf('.'))))
          .filter(word -> !word.matches(".*\\.(conf|md|html|json|jsonl|txt|java|cpp|h|tar|yaml)"))
          .filter(word -> !isRoom(word))
          .filter(word -> !reference.hasPathOrNull(word))
          .forEach(word -> unknown.add(Documents.name(document) + ": " + word));
    }
    assertEquals(List.of(), unknown);
  }

  /** A part of the name of a package, such as {@code exchange.wire}. */
  private static boolean isRoom(String word) {
    String folder = word.replace('.', '/');
    return sources().stream().anyMatch(source -> source.resolveSibling("").endsWith(folder));
  }

  /** A comment stands in the same paragraph of the file as each key, or over its section. */
  @Test
  void everyKeyOfTheReferenceIsExplained() {
    List<String> silent = new ArrayList<>();
    boolean[] explained = new boolean[16];
    int depth = 0;
    for (String line : Documents.read(REFERENCE).lines().toList()) {
      String text = line.strip();
      if (text.startsWith("#")) {
        explained[depth] = true;
      } else if (text.isEmpty()) {
        explained[depth] = depth > 0 && explained[depth - 1];
      } else if (text.equals("}")) {
        depth--;
      } else if (KEY_LINE.matcher(line).matches()) {
        boolean section = text.endsWith("{");
        if (!section && !explained[depth]) {
          silent.add(text);
        }
        if (section) {
          explained[depth + 1] = explained[depth];
          depth++;
        }
      }
    }
    assertEquals(0, depth, "braces of " + REFERENCE.getFileName());
    assertEquals(List.of(), silent);
  }

  private static List<Path> sources() {
    return Stream.of("worker-kernels", "driver", "jobs", "clusters")
        .flatMap(DocumentsTest::javaFiles)
        .toList();
  }

  private static Stream<Path> javaFiles(String module) {
    try (Stream<Path> files = Files.walk(Documents.HOME.resolve(module))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.toString().contains("/target/"))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
