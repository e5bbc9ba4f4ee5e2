package org.convoy.driver.data;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Finds names that look alike but differ, such as a letter with an accent as one character (form
 * NFC) and as two characters (form NFD). macOS and some archivers write the second form.
 */
final class UnicodeForms {

  private UnicodeForms() {}

  /** One sentence per group of different names with the same NFC form. */
  static List<String> alike(Collection<String> names) {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    for (String name : names) {
      groups
          .computeIfAbsent(
              Normalizer.normalize(name, Normalizer.Form.NFC), each -> new ArrayList<>())
          .add(name);
    }
    return groups.entrySet().stream()
        .filter(group -> group.getValue().size() > 1)
        .map(
            group ->
                "'"
                    + group.getKey()
                    + "' stands for "
                    + group.getValue().size()
                    + " different names, "
                    + group.getValue().stream()
                        .map(UnicodeForms::spelled)
                        .collect(Collectors.joining(" and "))
                    + ": rename them to one Unicode form if one name is meant")
        .toList();
  }

  /** The form of the name, and its letters beyond ASCII as code points. */
  private static String spelled(String name) {
    String form = "mixed forms";
    if (Normalizer.isNormalized(name, Normalizer.Form.NFC)) {
      form = "NFC";
    } else if (Normalizer.isNormalized(name, Normalizer.Form.NFD)) {
      form = "NFD";
    }
    return name.codePoints()
        .mapToObj(
            each ->
                each < 0x80
                    ? Character.toString(each)
                    : "\\u"
                        + HexFormat.of().withUpperCase().toHexDigits(each, each > 0xffff ? 6 : 4))
        .collect(Collectors.joining("", "", " (" + form + ")"));
  }
}
