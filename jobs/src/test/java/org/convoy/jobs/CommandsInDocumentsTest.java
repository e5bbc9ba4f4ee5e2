package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.convoy.Documents;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Commands that documents show exist, with the options that they are shown with. */
final class CommandsInDocumentsTest {
  private static final Pattern CALL = Pattern.compile(".*?deploy/convoy ([a-z][a-z-]*)(.*)");
  private static final Pattern SUBMIT = Pattern.compile(".*?deploy/\\w+/submit (.*)");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z][a-z-]*)([^`]*)` \\|(.*)$");
  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z-]*");

  private final Map<String, CommandLine> commands = Main.commandLine().getSubcommands();

  @Test
  void commandsTakeTheOptionsThatAreShown() {
    List<String> wrong = new ArrayList<>();
    int calls = 0;
    for (Path document : Documents.all()) {
      List<String> lines =
          Stream.concat(Documents.commands(document), Documents.words(document)).toList();
      for (String line : lines) {
        Matcher call = CALL.matcher(line);
        Matcher submit = SUBMIT.matcher(line);
        if (call.matches()) {
          calls++;
          wrong.addAll(problems(document, call.group(1), call.group(2)));
        } else if (submit.matches()) {
          calls++;
          wrong.addAll(problems(document, "train", submit.group(1)));
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(calls > 5, "commands are found");
  }

  @Test
  void theTableHasEveryCommandWithItsOptions() {
    Path guide = Documents.HOME.resolve("docs/guide/commands.md");
    List<String> wrong = new ArrayList<>();
    Set<String> missing = new TreeSet<>(commands.keySet());
    missing.remove("help");
    ROW.matcher(Documents.read(guide))
        .results()
        .forEach(
            row -> {
              missing.remove(row.group(1));
              wrong.addAll(problems(guide, row.group(1), row.group(2) + " " + row.group(3)));
            });
    assertEquals(List.of(), wrong);
    assertEquals(Set.of(), missing, "commands without a row");
  }

  private List<String> problems(Path document, String name, String arguments) {
    CommandLine command = commands.get(name);
    if (command == null) {
      return List.of(Documents.name(document) + ": there is no command " + name);
    }
    String first = Arrays.stream(arguments.strip().split("[^a-z]+", 2)).findFirst().orElse("");
    CommandLine called = command.getSubcommands().getOrDefault(first, command);
    return OPTION
        .matcher(arguments)
        .results()
        .map(option -> option.group())
        .filter(option -> !called.getCommandSpec().optionsMap().containsKey(option))
        .map(option -> Documents.name(document) + ": " + name + " has no option " + option)
        .toList();
  }
}
