package org.convoy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The documents of the project, and what they are made of: prose, words between single backticks,
 * blocks of recipes (fenced as {@code hocon}) and commands (indented blocks).
 */
public final class Documents {
  /** The checkout. */
  public static final Path HOME = Path.of(System.getProperty("convoy.home"));

  private static final Pattern WORD = Pattern.compile("`([^`\n]+)`");
  private static final Pattern LINE_BREAK = Pattern.compile("(?<!\n)\n *(?=[^\n ])");
  private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w*)\n(.*?)^```$");
  private static final Pattern INDENTED = Pattern.compile("(?m)^    (.*)$");
  private static final Pattern CONTINUED = Pattern.compile("\\\\\n\\s*");

  private Documents() {}

  /** All of them. */
  public static List<Path> all() {
    try (Stream<Path> top = Files.list(HOME);
        Stream<Path> docs = Files.walk(HOME.resolve("docs"))) {
      return Stream.concat(top, docs)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How messages call one. */
  public static String name(Path document) {
    return HOME.relativize(document).toString();
  }

  /** What stands between single backticks, outside of blocks. */
  public static Stream<String> words(Path document) {
    String prose = FENCE.matcher(read(document)).replaceAll("");
    String paragraphs = LINE_BREAK.matcher(INDENTED.matcher(prose).replaceAll("")).replaceAll(" ");
    return matches(WORD, paragraphs).map(word -> word.group(1));
  }

  /** The blocks that are fenced as of this language. */
  public static List<String> blocks(Path document, String language) {
    return matches(FENCE, read(document))
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  /** The lines of indented blocks; one that ends with a backslash is one with its next. */
  public static Stream<String> commands(Path document) {
    return matches(INDENTED, CONTINUED.matcher(read(document)).replaceAll(" "))
        .map(line -> line.group(1));
  }

  static Stream<MatchResult> matches(Pattern pattern, String text) {
    return pattern.matcher(text).results();
  }

  /** The text of a file. */
  public static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
